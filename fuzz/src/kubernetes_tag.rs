//! The first line is a tag template, the rest a path: nothing may panic, and what is made of a container's
//! log must be read back.

use kubernetes_tag::{ContainerLog, PodTag, TagTemplate};
use onigmo_regex::Regex;

pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(tag), Some(path)) = (parts.next(), parts.next()) else { return };
    let Ok(tag) = std::str::from_utf8(tag) else { return };

    let by_path = TagTemplate::new(tag, None).tag(path).expect("no pattern, no failure");
    let cleaned = tag.contains('*');
    assert!(!cleaned || !by_path.iter().any(|byte| b"/\\:*".contains(byte)));
    let regex = Regex::new(r"(?<pod_name>[^/_]+)_(?<namespace_name>[^_]+)").expect("a valid pattern");
    let by_name = TagTemplate::new(tag, Some(regex));
    assert!(by_name.problem().is_none() || by_name.tag(path).is_err());

    if let Some(log) = ContainerLog::parse(path) {
        assert_eq!(ContainerLog::parse(&log.file_name()), Some(log));
    }
    let _ = PodTag::default().read(path);
}
