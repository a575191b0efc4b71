//! `Content-Type` and `Accept` headers, and escaped names: no panic, and names come back from `values`.

use prometheus_exposition::{EscapingScheme, ScrapeProtocol, negotiate, select_format};

pub(crate) fn run(data: &[u8]) {
    let Ok(data) = std::str::from_utf8(data) else { return };
    let _ = select_format(data, None);
    let _ = select_format(data, Some("text/plain"));
    let negotiated = negotiate(data, &ScrapeProtocol::PROTOBUF_FIRST);
    assert!(select_format(&negotiated.content_type(), None).is_ok());
    let scheme = EscapingScheme::Values;
    let _ = scheme.unescape(data);
    if !data.starts_with("U__") {
        assert_eq!(scheme.unescape(&scheme.escape(data)), data);
    }
}
