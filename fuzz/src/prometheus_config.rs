//! Any text is read as a configuration without a panic, and every problem has a real place.

use source_text::SourceMap;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut sources = SourceMap::new();
    let id = sources.add("prometheus.yml", text);
    let mut parsed = prometheus_config::parse(id, text, |name| Some(format!("<{name}>")));
    for problem in &parsed.diagnostics {
        assert!(problem.span().is_none_or(|span| span.range().end <= text.len()));
        let _ = sources.render(problem);
    }
    for job in &parsed.config.scrape_configs {
        let _ = job.accept_header();
    }
    parsed.config.add_scrape_configs(id, "folder/more.yml", text);
    parsed.config.set_directory("/etc/prometheus");
}
