//! Where targets come from.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("invalid-address", "An address of a target is none")
        .why(
            "It is a host and a port; scheme and path are fields of the job. Prometheus 2 and 3 refuse the whole \
             file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  static_configs:\n  - targets: ['http://a:80/metrics']\n", "scrape_configs:\n- job_name: a\n  scheme: http\n  metrics_path: /metrics\n  static_configs:\n  - targets: ['a:80']\n"),
    Lint::error("no-files", "File discovery has no files")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - refresh_interval: 1m\n", "scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - files: [targets.yml]\n"),
    Lint::error("no-names", "DNS discovery has no names")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - type: A\n    port: 80\n", "scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a.example]\n    type: A\n    port: 80\n"),
    Lint::error("port-missing", "DNS discovery has no port")
        .why(
            "Only SRV records tell a port. Prometheus 2 and 3 refuse the whole file: the server does not start, and a \
             reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a.example]\n    type: A\n", "scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a.example]\n    type: A\n    port: 80\n"),
    Lint::error("unknown-record-type", "A type of DNS record is unknown")
        .why(
            "The types are SRV (the default), A, AAAA, MX and NS. Prometheus 2 and 3 refuse the whole file: the \
             server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a.example]\n    type: CNAME\n", "scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a.example]\n    type: A\n    port: 80\n"),
    Lint::error("role-missing", "Kubernetes discovery has no role")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - namespaces: {names: [a]}\n", "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    namespaces: {names: [a]}\n"),
    Lint::error("unknown-role", "A role of Kubernetes discovery is unknown")
        .why(
            "The roles are pod, service, endpoints, endpointslice, node and ingress. Prometheus 2 and 3 refuse the \
             whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pods\n", "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n"),
    Lint::error("conflicting-api-server", "Settings of the API server contradict each other")
        .why(
            "A kubeconfig file says the server and how to authenticate; without one, settings of HTTP need \
             `api_server`. Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps \
             the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    kubeconfig_file: k\n    api_server: https://a\n", "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    kubeconfig_file: k\n"),
    Lint::error("invalid-selector", "A selector cannot be used")
        .why(
            "It cannot be read, is given twice for a role, or is for objects that the role does not look at. \
             Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    selectors: [{role: service, label: a=b}]\n", "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    selectors: [{role: pod, label: a=b}]\n"),
    Lint::warning("unsupported-discovery", "A kind of discovery is not supported by weirgate")
        .why(
            "Prometheus has it; weirgate discovers by `static_configs`, `file_sd_configs`, `http_sd_configs`, \
             `dns_sd_configs` and `kubernetes_sd_configs`, and finds no targets for another. A `file_sd_configs` file \
             that another program writes can stand in.",
        )
        .example("scrape_configs:\n- job_name: a\n  consul_sd_configs:\n  - server: a:8500\n", "scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - files: [consul.json]\n"),
];
