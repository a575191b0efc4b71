//! Any answer can be judged, and what is said about items fits the request.

use elasticsearch_bulk::{Delivery, Outcome, Sent, ServerVersion, WriteOperation};
use event_model::Compat;

pub(crate) fn run(data: &[u8]) {
    let (Some((&[status, items], body)), true) = (data.split_first_chunk(), data.len() < 1 << 16) else {
        return;
    };
    let status = u16::from(status) * 4;
    let sent = Sent::new(usize::from(items), WriteOperation::Create);
    if let Outcome::Partial(problems) = Delivery::Safe.judge(sent, status, body) {
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|problem| problem.item < sent.items));
        assert!(problems.is_sorted_by(|one, next| one.item < next.item));
    }
    for compat in [Compat::V1_8, Compat::V5_1] {
        let outcome = Delivery::FluentBit(compat).judge(sent, status, body);
        assert!(matches!(outcome, Outcome::Delivered | Outcome::Retry(_)));
    }
    let _ = ServerVersion::parse(body);
}
