//! Agents that share the targets of one configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use metrics_scrape::{Manager, Options, Shard, Sink};
use prometheus_config::Config;
use prometheus_scrape::Sample;
use source_text::SourceId;

struct Nowhere;

impl Sink for Nowhere {
    fn append(&self, _: &[Sample]) {}
}

/// A job with 500 targets that nobody asks for an hour, and these further settings.
fn config(settings: &str) -> Config {
    let targets: Vec<String> = (0..500).map(|at| format!("'10.0.{}.{}:9100'", at / 250, at % 250)).collect();
    let text = format!(
        "scrape_configs:\n- job_name: j\n  scrape_interval: 1h\n  static_configs: [{{targets: [{}]}}]\n{settings}",
        targets.join(", ")
    );
    prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap()
}

/// The URLs that an agent scrapes.
fn scraped(config: &Config, shard: Option<&str>) -> BTreeSet<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut options = Options::default();
    options.shard = shard.map(|shard| shard.parse::<Shard>().unwrap());
    let manager = Manager::new(runtime.handle(), Arc::new(Nowhere), options);
    manager.apply(config).unwrap();
    manager.status().into_iter().flat_map(|pool| pool.active).map(|target| target.url).collect()
}

#[test]
fn shards_are_a_partition_and_prometheus_own() {
    let whole = scraped(&config(""), None);
    assert_eq!(whole.len(), 500);
    for of in [1, 2, 3, 7] {
        let mut seen = BTreeSet::new();
        for number in 0..of {
            let shard = scraped(&config(""), Some(&format!("{number}/{of}")));
            // Hashes are not even, but far from one-sided.
            assert!((250..=1000).contains(&(shard.len() * of)), "{number}/{of}: {}", shard.len());
            assert!(seen.is_disjoint(&shard), "{number}/{of}");
            seen.extend(shard.iter().cloned());
            // The documented way to shard with Prometheus.
            let rules = format!(
                "  relabel_configs:\n  - {{source_labels: [__address__], modulus: {of}, target_label: __tmp_hash, action: hashmod}}\n  \
                 - {{source_labels: [__tmp_hash], regex: '{number}', action: keep}}\n"
            );
            assert_eq!(shard, scraped(&config(&rules), None), "{number}/{of}");
        }
        assert_eq!(seen, whole, "{of}");
    }
}

#[test]
fn the_address_after_the_rules_decides() {
    let rules = "  relabel_configs: [{target_label: __address__, replacement: 'one:1'}, {source_labels: [__address__], target_label: x}]\n";
    let found: Vec<usize> =
        (0..3).map(|number| scraped(&config(rules), Some(&format!("{number}/3"))).len()).collect();
    assert_eq!(found.iter().sum::<usize>(), 1, "{found:?}");
}

#[test]
fn a_shard_is_one_of_several() {
    for wrong in ["", "1", "1/", "/3", "3/3", "-1/3", "0/0", "a/b", "1/3/5"] {
        assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
    }
}
