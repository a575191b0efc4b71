//! Tabs that libyaml and Go's library reject and the parser reads.

/// The first tab where a token of a block collection has to start: in the indentation, or after the indicator
/// of an entry. `covered` holds the scalars and flow collections, where a tab is fine.
pub(super) fn misplaced(text: &str, mut covered: Vec<(usize, usize)>) -> Option<usize> {
    covered.sort_unstable();
    let mut covered = covered.into_iter().peekable();
    let mut free = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        while let Some((_, end)) = covered.next_if(|(begin, _)| *begin <= start) {
            free = free.max(end);
        }
        let end = covered.peek().map_or(line.len(), |(begin, _)| line.len().min(begin - start));
        if free <= start
            && let Some(tab) = line.get(..end).and_then(misplaced_in_line)
        {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

fn misplaced_in_line(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().take_while(|byte| **byte == b' ').count();
        match bytes.get(at..)? {
            [b'\t', ..] => return Some(at),
            [b'-' | b'?' | b':', b' ' | b'\t', ..] => at += 1,
            _ => return None,
        }
    }
}
