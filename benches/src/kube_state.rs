//! An exposition as kube-state-metrics gives it for a cluster of 1340 pods: 2.7 MB.

use std::fmt::Write;

use crate::random::Random;

const PODS: usize = 1340;
const PHASES: [&str; 5] = ["Pending", "Succeeded", "Failed", "Unknown", "Running"];

struct Pod {
    namespace: String,
    name: String,
    uid: String,
    ip: String,
    node: String,
    owner: String,
    container: &'static str,
    started: u64,
}

/// The exposition in the text format, the same in every run.
pub fn exposition() -> String {
    let mut random = Random::new(11);
    let pods: Vec<Pod> = (0..PODS).map(|_| pod(&mut random)).collect();
    let mut out = String::with_capacity(3 << 20);
    let mut family = |name: &str, kind: &str, help: &str, samples: &mut dyn FnMut(&mut String, &Pod)| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        pods.iter().for_each(|pod| samples(&mut out, pod));
    };
    family("kube_pod_info", "gauge", "[STABLE] Information about pod.", &mut |out, pod| {
        let Pod { namespace, name, uid, ip, node, owner, .. } = pod;
        let _ = writeln!(
            out,
            r#"kube_pod_info{{namespace="{namespace}",pod="{name}",uid="{uid}",host_ip="10.0.0.7",pod_ip="{ip}",node="{node}",created_by_kind="ReplicaSet",created_by_name="{owner}",priority_class="",host_network="false"}} 1"#
        );
    });
    family("kube_pod_labels", "gauge", "[STABLE] Kubernetes labels converted to Prometheus labels.", &mut |out, pod| {
        let Pod { namespace, name, uid, owner, .. } = pod;
        let (app, hash) = owner.rsplit_once('-').unwrap_or((owner, ""));
        let _ = writeln!(
            out,
            r#"kube_pod_labels{{namespace="{namespace}",pod="{name}",uid="{uid}",label_app="{app}",label_pod_template_hash="{hash}",label_app_kubernetes_io_managed_by="Helm"}} 1"#
        );
    });
    family("kube_pod_start_time", "gauge", "[STABLE] Start time in unix timestamp for a pod.", &mut |out, pod| {
        let Pod { namespace, name, uid, started, .. } = pod;
        let _ = writeln!(
            out,
            r#"kube_pod_start_time{{namespace="{namespace}",pod="{name}",uid="{uid}"}} {}"#,
            go_float(*started)
        );
    });
    family("kube_pod_status_phase", "gauge", "[STABLE] The pods current phase.", &mut |out, pod| {
        let Pod { namespace, name, uid, .. } = pod;
        for phase in PHASES {
            let value = u8::from(phase == "Running");
            let _ = writeln!(
                out,
                r#"kube_pod_status_phase{{namespace="{namespace}",pod="{name}",uid="{uid}",phase="{phase}"}} {value}"#
            );
        }
    });
    family(
        "kube_pod_container_resource_requests",
        "gauge",
        "The number of requested request resource by a container. It is recommended to use the kube_pod_resource_requests metric exposed by kube-scheduler instead, as it is more precise.",
        &mut |out, pod| {
            let Pod { namespace, name, uid, node, container, .. } = pod;
            for (resource, unit, value) in [("cpu", "core", "0.25"), ("memory", "byte", "1.34217728e+08")] {
                let _ = writeln!(
                    out,
                    r#"kube_pod_container_resource_requests{{namespace="{namespace}",pod="{name}",uid="{uid}",container="{container}",node="{node}",resource="{resource}",unit="{unit}"}} {value}"#
                );
            }
        },
    );
    family(
        "kube_pod_container_status_restarts_total",
        "counter",
        "[STABLE] The number of container restarts per container.",
        &mut |out, pod| {
            let Pod { namespace, name, uid, container, started, .. } = pod;
            let _ = writeln!(
                out,
                r#"kube_pod_container_status_restarts_total{{namespace="{namespace}",pod="{name}",uid="{uid}",container="{container}"}} {}"#,
                started % 7
            );
        },
    );
    out
}

fn pod(random: &mut Random) -> Pod {
    let app = *random.choice(&["numbers-api", "todo-web", "todo-db", "apod-api", "image-of-the-day", "access-log"]);
    let owner = format!("{app}-{}", random.hex(10));
    Pod {
        namespace: format!("kiamol-ch{:02}-{}", random.below(22), random.choice(&["test", "dev", "prod"])),
        name: format!("{owner}-{}", random.hex(5)),
        uid: format!("{}-{}-{}-{}-{}", random.hex(8), random.hex(4), random.hex(4), random.hex(4), random.hex(12)),
        ip: format!("10.1.{}.{}", random.below(256), random.below(256)),
        node: format!("gke-prod-pool-{}-{}", random.below(3), random.hex(4)),
        owner,
        container: *random.choice(&["api", "web", "db", "proxy"]),
        started: 1_646_136_000 + random.below(1_000_000),
    }
}

/// A whole number of seconds as Go prints it: `1.646136e+09`.
fn go_float(seconds: u64) -> String {
    let digits = seconds.to_string();
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e+{:02}", digits.len() - 1)
}
