//! The names of zones that `%Z` reads.

use event_model::Compat;

/// The zone at the start of `text`, in seconds east of UTC, and what follows it.
///
/// 5.1.1 has a table, in which names stand alone and in any case. 1.8.11 knows only GMT and UTC. Both also
/// know the names of the system's zone; here that is always UTC.
pub(super) fn read(text: &[u8], compat: Compat) -> Option<(i64, &[u8])> {
    if compat != Compat::V1_8 {
        let alone = |rest: &&[u8]| !rest.first().is_some_and(u8::is_ascii_alphanumeric);
        for (name, minutes) in NAMES {
            if let Some(rest) = strip(text, name).filter(alone) {
                return Some((i64::from(minutes) * 60, rest));
            }
        }
    }
    text.strip_prefix(b"GMT").or_else(|| strip(text, "UTC")).map(|rest| (0, rest))
}

fn strip<'t>(text: &'t [u8], name: &str) -> Option<&'t [u8]> {
    let (start, rest) = text.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name.as_bytes()).then_some(rest)
}

/// Names with their minutes east of UTC. Single letters are those of the military; `J` is not among them.
const NAMES: [(&str, i16); 79] = [
    ("GMT", 0),
    ("UTC", 0),
    ("Z", 0),
    ("UT", 0),
    // North America.
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("HADT", -540),
    ("AST", -240),
    ("ADT", -180),
    ("NST", -210),
    ("NDT", -150),
    // Europe.
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    // South America.
    ("ART", -180),
    ("BRT", -180),
    ("BRST", -120),
    ("CLT", -240),
    ("CLST", -180),
    // Australia and Oceania.
    ("AEST", 600),
    ("AEDT", 660),
    ("ACST", 570),
    ("ACDT", 630),
    ("AWST", 480),
    ("NZST", 720),
    ("NZDT", 780),
    // Asia.
    ("JST", 540),
    ("KST", 540),
    ("SGT", 480),
    ("IST", 330),
    ("GST", 240),
    ("ICT", 420),
    ("WIB", 420),
    ("WITA", 480),
    ("WIT", 540),
    ("MYT", 480),
    ("BDT", 360),
    ("NPT", 345),
    // Africa.
    ("WAT", 60),
    ("CAT", 120),
    ("EAT", 180),
    ("SAST", 120),
    // Letters.
    ("A", 60),
    ("B", 120),
    ("C", 180),
    ("D", 240),
    ("E", 300),
    ("F", 360),
    ("G", 420),
    ("H", 480),
    ("I", 540),
    ("K", 600),
    ("L", 660),
    ("M", 720),
    ("N", -60),
    ("O", -120),
    ("P", -180),
    ("Q", -240),
    ("R", -300),
    ("S", -360),
    ("T", -420),
    ("U", -480),
    ("V", -540),
    ("W", -600),
    ("X", -660),
    ("Y", -720),
];
