//! `dns_sd_configs`

use std::time::Duration;

use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use prometheus_config::{DnsDiscovery, TargetGroup};
use tokio::time::{Instant, sleep_until};

use crate::sink::Sink;

/// Asks the servers of `/etc/resolv.conf` now and in intervals.
pub(crate) async fn run(config: DnsDiscovery, sink: Sink) {
    let resolver = Resolver::builder_tokio().and_then(|mut builder| {
        let options = builder.options_mut();
        // Every question is asked: the interval says how often. Aliases stay in the answer, hosts files do not count.
        options.cache_size = 0;
        builder.build()
    });
    match resolver {
        Ok(resolver) => ask_in_intervals(&resolver, &config, &sink).await,
        Err(error) => {
            sink.count_failure();
            tracing::error!(job = sink.job(), %error, "could not load resolv.conf");
        }
    }
}

async fn ask_in_intervals(resolver: &TokioResolver, config: &DnsDiscovery, sink: &Sink) {
    let interval = Duration::from_millis(config.refresh_interval.as_millis()).max(Duration::from_millis(1));
    let mut next = Instant::now();
    let mut is_first = true;
    loop {
        let mut groups = Vec::new();
        for name in &config.names {
            match ask(resolver, config, name).await {
                Ok(group) => groups.push(group),
                Err(error) => {
                    sink.count_failure();
                    tracing::error!(job = sink.job(), name, error, "Error refreshing DNS targets");
                }
            }
        }
        // A name that cannot be resolved keeps its targets.
        if is_first && groups.len() == config.names.len() {
            is_first = false;
            sink.snapshot(groups);
        } else {
            groups.into_iter().for_each(|group| sink.change(&group.source.clone(), Some(group)));
        }
        next = (next + interval).max(Instant::now());
        sleep_until(next).await;
    }
}

/// The targets of one name; none when the name is not there.
async fn ask(resolver: &TokioResolver, config: &DnsDiscovery, name: &str) -> Result<TargetGroup, String> {
    let kind = match config.record_type.to_uppercase().as_str() {
        "A" => RecordType::A,
        "AAAA" => RecordType::AAAA,
        "MX" => RecordType::MX,
        "NS" => RecordType::NS,
        _ => RecordType::SRV,
    };
    let mut targets = Vec::new();
    match resolver.lookup(name, kind).await {
        Ok(answer) => {
            let records = answer.answers().iter();
            targets.extend(records.filter_map(|record| target(name, config.port, &record.data)));
        }
        Err(error) if error.is_no_records_found() => {}
        Err(error) => return Err(format!("could not resolve \"{name}\": {error}")),
    }
    Ok(TargetGroup { source: name.to_owned(), targets, labels: Vec::new() })
}

/// The labels of a target; `None` for records that lead to none, such as aliases.
fn target(name: &str, port: i64, record: &RData) -> Option<Vec<(String, String)>> {
    let rooted = |name: &Name| {
        let mut name = name.to_utf8();
        if !name.ends_with('.') {
            name.push('.');
        }
        name
    };
    let (mut srv, mut srv_port, mut mx, mut ns) = Default::default();
    let (host, port) = match record {
        RData::SRV(record) => {
            (srv, srv_port) = (rooted(&record.target), record.port.to_string());
            (srv.clone(), i64::from(record.port))
        }
        RData::MX(record) => {
            mx = rooted(&record.exchange);
            (mx.clone(), port)
        }
        RData::NS(record) => {
            ns = rooted(&record.0);
            (ns.clone(), port)
        }
        RData::A(record) => (record.0.to_string(), port),
        RData::AAAA(record) => (format!("[{}]", record.0), port),
        _ => return None,
    };
    let address = format!("{}:{port}", host.trim_end_matches('.'));
    Some(vec![
        ("__address__".to_owned(), address),
        ("__meta_dns_mx_record_target".to_owned(), mx),
        ("__meta_dns_name".to_owned(), name.to_owned()),
        ("__meta_dns_ns_record_target".to_owned(), ns),
        ("__meta_dns_srv_record_port".to_owned(), srv_port),
        ("__meta_dns_srv_record_target".to_owned(), srv),
    ])
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};
    use std::thread;

    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use prometheus_config::Discovery;
    use source_text::SourceId;

    use super::*;

    /// A DNS server that answers `*.known` with these records (type and data), and else that the name is not there.
    fn server(records: Vec<(u16, Vec<u8>)>) -> u16 {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        thread::spawn(move || {
            let mut room = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut room) {
                let question_end = 12 + room[12..length].iter().position(|byte| *byte == 0).unwrap() + 5;
                let question = &room[12..question_end];
                let is_known = question.windows(6).any(|part| part == b"\x05known");
                let count = if is_known { records.len() } else { 0 };
                let mut answer = room[..2].to_vec();
                answer.extend([0x84, if is_known { 0 } else { 3 }, 0, 1, 0, count as u8, 0, 0, 0, 0]);
                answer.extend(question);
                for (kind, data) in records.iter().take(count) {
                    answer.extend([0xc0, 12]);
                    answer.extend(kind.to_be_bytes());
                    answer.extend([0, 1, 0, 0, 0, 1]);
                    answer.extend((data.len() as u16).to_be_bytes());
                    answer.extend(data);
                }
                let _ = socket.send_to(&answer, from);
            }
        });
        port
    }

    #[track_caller]
    fn check(yaml: &str, records: Vec<(u16, Vec<u8>)>, expected: &[&[(&str, &str)]]) {
        let text = format!("scrape_configs: [{{job_name: a, dns_sd_configs: [{{{yaml}}}]}}]");
        let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
        let Discovery::Dns(config) = config.scrape_configs[0].service_discovery[0].clone() else {
            panic!("{yaml}")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut connection = ConnectionConfig::udp();
        connection.port = server(records);
        let name_server = NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), true, vec![connection]);
        let group = runtime.block_on(async {
            let servers = ResolverConfig::from_parts(None, Vec::new(), vec![name_server]);
            let builder = Resolver::builder_with_config(servers, TokioRuntimeProvider::default());
            ask(&builder.build().unwrap(), &config, &config.names[0]).await.unwrap()
        });
        let targets: Vec<Vec<_>> = group
            .targets
            .iter()
            .map(|target| {
                let set = target.iter().filter(|(_, value)| !value.is_empty());
                set.map(|(name, value)| (name.as_str(), value.as_str())).collect()
            })
            .collect();
        assert_eq!(targets, expected, "{yaml}");
    }

    #[test]
    fn records() {
        let host = b"\x01h\x05known\x00";
        let srv = [&[0, 1, 0, 1, 0x1f, 0x90][..], host].concat();
        check(
            "names: [a.known]",
            vec![(33, srv)],
            &[&[
                ("__address__", "h.known:8080"),
                ("__meta_dns_name", "a.known"),
                ("__meta_dns_srv_record_port", "8080"),
                ("__meta_dns_srv_record_target", "h.known."),
            ]],
        );
        check(
            "names: [a.known], type: a, port: 9100",
            vec![(1, vec![10, 0, 0, 1]), (1, vec![10, 0, 0, 2])],
            &[
                &[("__address__", "10.0.0.1:9100"), ("__meta_dns_name", "a.known")],
                &[("__address__", "10.0.0.2:9100"), ("__meta_dns_name", "a.known")],
            ],
        );
        check(
            "names: [a.known], type: AAAA, port: 1",
            vec![(28, [[0; 15].as_slice(), &[1]].concat())],
            &[&[("__address__", "[::1]:1"), ("__meta_dns_name", "a.known")]],
        );
        check(
            "names: [a.known], type: MX, port: 25",
            vec![(15, [&[0, 9][..], host].concat())],
            &[&[
                ("__address__", "h.known:25"),
                ("__meta_dns_mx_record_target", "h.known."),
                ("__meta_dns_name", "a.known"),
            ]],
        );
        check(
            "names: [a.known], type: NS, port: 53",
            vec![(2, host.to_vec())],
            &[&[
                ("__address__", "h.known:53"),
                ("__meta_dns_name", "a.known"),
                ("__meta_dns_ns_record_target", "h.known."),
            ]],
        );
        check("names: [a.unknown]", Vec::new(), &[]);
    }
}
