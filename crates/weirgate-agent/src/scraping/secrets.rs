//! A configuration for others to see.

use source_text::yaml::{self, Node, NodeKind};
use source_text::{SourceId, Span};

/// What Prometheus shows in place of a secret.
const HIDDEN: &str = "<secret>";

/// The fields whose values are secrets, and those whose values are lists or mappings of secrets.
const FIELDS: [&str; 9] = [
    "password",
    "credentials",
    "bearer_token",
    "client_secret",
    "client_certificate_key",
    "key",
    "secret_key",
    "secrets",
    "proxy_connect_header",
];

/// The text with its secrets hidden; nothing of it if it cannot be read.
pub(super) fn hidden(text: &str) -> String {
    let Ok(Some(root)) = yaml::parse_first(SourceId::default(), text) else { return String::new() };
    let mut secrets = Vec::new();
    find(&root, false, &mut secrets);
    secrets.sort_by_key(|span| span.range().start);
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for span in secrets {
        let range = span.range();
        // An anchor may be used twice.
        if range.start < end {
            continue;
        }
        out.push_str(text.get(end..range.start).unwrap_or_default());
        out.push_str(HIDDEN);
        if text.get(range.clone()).is_some_and(|secret| secret.ends_with('\n')) {
            out.push('\n');
        }
        end = range.end;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

fn find(node: &Node, is_secret: bool, out: &mut Vec<Span>) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => {
            if !text.is_empty() && (is_secret || has_password(text)) {
                out.push(node.span);
            }
        }
        NodeKind::Sequence(items) => items.iter().for_each(|item| find(item, is_secret, out)),
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                let is_field = key.as_str().is_some_and(|key| FIELDS.contains(&key));
                find(value, is_secret || is_field, out);
            }
        }
    }
}

/// Whether this is a URL with a password.
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn secrets_are_hidden() {
        for (text, expected) in [
            ("a: {password: x, password_file: y}\n", "a: {password: <secret>, password_file: y}\n"),
            ("credentials: |\n  x\n  y\nb: 1\n", "credentials: |\n  <secret>\nb: 1\n"),
            ("u: http://a:b@c/d\nv: http://a@c\n", "u: <secret>\nv: http://a@c\n"),
            ("h: {secrets: ['a', \"b\"]}\n", "h: {secrets: [<secret>, <secret>]}\n"),
            ("password: # none\n", "password: # none\n"),
            ("a: [\n", ""),
        ] {
            assert_eq!(hidden(text), expected);
        }
    }
}
