//! Classic text never panics, and what is written of it is a fixed point.

use fluentbit_config::{Compat, parse_classic, write_classic, write_yaml};
use source_text::SourceId;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let id = SourceId::default();
    let _ = parse_classic(id, &text, Compat::V1_8);
    let (document, _) = parse_classic(id, &text, Compat::V5_1);
    let _ = write_yaml(&document);
    let (once, _) = write_classic(&document);
    // A carriage return counts only where no newline follows, and a written line has one.
    if !text.contains('\r') {
        let (twice, _) = write_classic(&parse_classic(id, &once, Compat::V5_1).0);
        assert_eq!(twice, once);
    }
}
