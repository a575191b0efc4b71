//! Where targets come from.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new(
        "a target group",
        "An item of `static_configs`, and of the files and answers of discovery.",
        GROUP,
    ),
    S::new("file_sd_configs", "Targets from files of target groups, as YAML or JSON.", FILES),
    S::new("http_sd_configs", "Targets from a web server that answers with target groups in JSON.", HTTP)
        .with_http_client(),
    S::new("dns_sd_configs", "Targets from DNS records.", DNS),
    S::new("kubernetes_sd_configs", "Targets from the objects of a cluster.", KUBERNETES).with_http_client(),
    S::new("namespaces", "The namespaces to look into; all of them unless it is there.", NAMESPACES),
    S::new("selectors", "What to ask the API server for.", SELECTORS),
    S::new("attach_metadata", "What related objects add to targets.", ATTACH),
];

const GROUP: &[F] = &[
    F::new("targets", "list of host:port", "the targets"),
    F::new("labels", "labels", "the labels all of them get"),
];

const FILES: &[F] = &[
    F::new("files", "list of patterns", "the files; `*` may stand in the last part of a path"),
    F::new("refresh_interval", "duration", "how often they are read even if no change is seen").or("5m"),
];

const HTTP: &[F] =
    &[F::new("url", "URL", "what to ask"), F::new("refresh_interval", "duration", "how often").or("1m")];

const DNS: &[F] = &[
    F::new("names", "list of names", "the names to ask for"),
    F::new("type", "SRV, A, AAAA, MX or NS", "the kind of records").or("SRV"),
    F::new("port", "number", "the port of the targets, for all kinds but SRV"),
    F::new("refresh_interval", "duration", "how often").or("30s"),
];

const KUBERNETES: &[F] = &[
    F::new("role", "pod, service, endpoints, endpointslice, node or ingress", "which objects become targets"),
    F::new("api_server", "URL", "the API server; that of the cluster the program runs in"),
    F::new("kubeconfig_file", "path", "a file that names the API server and the credentials"),
    F::new("namespaces", "section", "the namespaces to look into"),
    F::new("selectors", "list of sections", "what to ask the API server for"),
    F::new("attach_metadata", "section", "what related objects add to targets"),
];

const NAMESPACES: &[F] = &[
    F::new("names", "list of names", "the namespaces"),
    F::new("own_namespace", "boolean", "whether that of the program is one of them").or("false"),
];

const SELECTORS: &[F] = &[
    F::new("role", "role", "which objects it is for"),
    F::new("label", "selector", "what their labels have to be"),
    F::new("field", "selector", "what their fields have to be"),
];

const ATTACH: &[F] = &[
    F::new("node", "boolean", "whether pods and endpoints get labels of their node").or("false"),
    F::new("namespace", "boolean", "whether objects get labels of their namespace").or("false"),
    F::new("deployment", "boolean", "whether pods get the name of their Deployment").or("false"),
    F::new("job", "boolean", "whether pods get the name of their Job").or("false"),
    F::new("cronjob", "boolean", "whether pods get the name of their CronJob").or("false"),
];
