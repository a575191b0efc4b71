//! How requests are sent.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("conflicting-authentication", "Two ways to authenticate are configured")
        .why(
            "There may be one of `basic_auth`, `authorization` and `oauth2`, and of the ways of clouds; and within \
             one a secret stands in the file or in another file, not both. Prometheus 2 and 3 refuse the whole file: \
             the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  basic_auth: {username: u}\n  authorization: {credentials: c}\n", "scrape_configs:\n- job_name: a\n  authorization: {credentials: c}\n"),
    Lint::error("conflicting-certificates", "A certificate or key is given twice, or one without the other")
        .why(
            "Each stands in the file, in another file or in a secret; a certificate needs its key. Prometheus 2 and 3 \
             refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  tls_config:\n    cert_file: c.pem\n", "scrape_configs:\n- job_name: a\n  tls_config:\n    cert_file: c.pem\n    key_file: k.pem\n"),
    Lint::error("conflicting-proxy", "Settings of a proxy contradict each other")
        .why(
            "`proxy_url` and `proxy_from_environment` exclude each other, and headers or exceptions need one of them. \
             Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  no_proxy: a.example\n", "scrape_configs:\n- job_name: a\n  proxy_url: http://proxy.example:3128\n  no_proxy: a.example\n"),
    Lint::error("reserved-header", "A header cannot be set")
        .why(
            "Prometheus sets it itself, or has a field for it, such as `authorization`. Prometheus 2 and 3 refuse the \
             whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  http_headers:\n    User-Agent:\n      values: [x]\n", "scrape_configs:\n- job_name: a\n  http_headers:\n    X-Scope:\n      values: [x]\n"),
    Lint::error("unknown-tls-version", "A version of TLS is unknown")
        .why(
            "The versions are TLS10, TLS11, TLS12 and TLS13. Prometheus 2 and 3 refuse the whole file: the server \
             does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  tls_config: {min_version: '1.2'}\n", "scrape_configs:\n- job_name: a\n  tls_config: {min_version: TLS12}\n"),
    Lint::error("url-empty", "A remote section has no URL")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("remote_write:\n- name: w\n", "remote_write:\n- name: w\n  url: http://receiver.example/api/v1/write\n"),
    Lint::error("unknown-message", "A message of remote write is unknown")
        .why(
            "The messages are `prometheus.WriteRequest` (1.0, the default) and `io.prometheus.write.v2.Request` (2.0, \
             since Prometheus 2.54). Prometheus 2 and 3 refuse the whole file: the server does not start, and a \
             reload keeps the old configuration.",
        )
        .example("remote_write:\n- url: http://a/\n  protobuf_message: v2\n", "remote_write:\n- url: http://a/\n  protobuf_message: io.prometheus.write.v2.Request\n"),
    Lint::error("invalid-queue", "A queue of remote write cannot work so")
        .why(
            "Sizes and times are above 0, and what is called least is not above what is called most (Prometheus 3). \
             Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("remote_write:\n- url: http://a/\n  queue_config: {min_shards: 9, max_shards: 3}\n", "remote_write:\n- url: http://a/\n  queue_config: {min_shards: 3, max_shards: 9}\n"),
    Lint::warning("unsupported-signature", "Requests are not signed for a cloud")
        .why(
            "Prometheus can sign what it sends for AWS, Azure and Google. Weirgate sends it unsigned, so that the \
             receiver refuses it, unless a signing proxy stands between.",
        )
        .example("remote_write:\n- url: http://a/\n  sigv4: {region: eu-west-1}\n", "remote_write:\n- url: http://signing-proxy.example/\n"),
];
