//! Variables: `${NAME}` in values, `@SET`, and the caller's environment.

use std::collections::BTreeMap;

use event_model::Compat;

/// The environment variables a configuration may refer to. The caller decides where they come from.
pub trait Environment {
    /// The value of the variable, if it is set. An empty value counts as unset, as in Fluent Bit.
    fn get(&self, name: &str) -> Option<String>;

    /// The name of the host, the value of `${HOSTNAME}` where no variable of that name is set.
    fn hostname(&self) -> Option<String> {
        None
    }
}

/// No variables at all.
impl Environment for () {
    fn get(&self, _name: &str) -> Option<String> {
        None
    }
}

impl Environment for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        BTreeMap::get(self, name).cloned()
    }
}

/// The variables in force: those the configuration sets, then those of the caller.
pub(crate) struct Variables<'a> {
    set: BTreeMap<String, String>,
    environment: &'a dyn Environment,
}

impl<'a> Variables<'a> {
    pub(crate) fn new(environment: &'a dyn Environment) -> Self {
        Self { set: BTreeMap::new(), environment }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.set.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        if let Some(value) = self.set.get(name) {
            return Some(value.clone());
        }
        match self.environment.get(name) {
            Some(value) if !value.is_empty() => Some(value),
            Some(_) => None,
            None if name == "HOSTNAME" => self.environment.hostname(),
            None => None,
        }
    }
}

/// What expanding one value met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The variable at this byte range of the value is not set.
    Unset { name: String, from: usize, to: usize },
    /// From this offset on nothing was expanded, because a `}` stands before the next `${`.
    BraceBefore { at: usize },
    /// These bytes were thrown away by the search for the closing brace.
    Lost { from: usize, to: usize },
    /// The name at this byte range is longer than 1.8 has room for.
    NameTooLong { from: usize, to: usize },
    /// From this offset on nothing was expanded, because there was no room left.
    NoRoom { at: usize },
}

/// Expands `${NAME}` in `value` the way both releases do, defects included: the closing brace is the first
/// one after the cursor, even where it stands before the `${`.
///
/// Takes the bytes that come from variables off `room`, and stops when there are not enough.
pub(crate) fn expand(
    value: &str,
    variables: &Variables<'_>,
    compat: Compat,
    room: &mut usize,
) -> (String, Vec<Event>) {
    // Names longer than this are left alone by 5.1 and overrun a buffer of 1.8.
    const LONGEST: usize = 4095;
    const LONGEST_1_8: usize = 63;
    let mut events = Vec::new();
    let mut out = String::new();
    let mut cursor = 0;
    let mut expanded = false;
    loop {
        let rest = &value[cursor..];
        let Some(open) = rest.find("${").map(|at| cursor + at) else { break };
        let Some(close) = rest.find('}').map(|at| cursor + at) else {
            if expanded {
                // The rest is only copied from behind a closing brace.
                events.push(Event::Lost { from: cursor, to: value.len() });
                cursor = value.len();
            }
            break;
        };
        let name_at = open + 2;
        if close <= name_at || close - name_at > LONGEST {
            if close < open {
                events.push(Event::BraceBefore { at: open });
            }
            if expanded {
                events.push(Event::Lost { from: cursor, to: close + 1 });
                cursor = close + 1;
            }
            break;
        }
        if compat == Compat::V1_8 && close - name_at > LONGEST_1_8 {
            events.push(Event::NameTooLong { from: open, to: close + 1 });
        }
        expanded = true;
        let inside = &value[name_at..close];
        let found = look_up(inside, variables, compat);
        let Some(left) = room.checked_sub(found.as_ref().map_or(0, String::len)) else {
            events.push(Event::NoRoom { at: open });
            break;
        };
        *room = left;
        out.push_str(&value[cursor..open]);
        match found {
            Some(found) => out.push_str(&found),
            None => events.push(Event::Unset { name: inside.to_owned(), from: open, to: close + 1 }),
        }
        cursor = close + 1;
    }
    out.push_str(&value[cursor..]);
    (out, events)
}

/// The value of what stands between the braces: a name, in 5.1 also `NAME:-default`.
fn look_up(inside: &str, variables: &Variables<'_>, compat: Compat) -> Option<String> {
    if compat == Compat::V1_8 {
        return variables.get(inside);
    }
    match inside.split_once(":-") {
        Some((name, default)) => {
            variables.get(name).filter(|value| !value.is_empty()).or_else(|| Some(default.to_owned()))
        }
        None => variables.get(inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_in(compat: Compat, value: &str, expected: &str, events: usize) {
        let environment: BTreeMap<String, String> = [("A", "q"), ("VAR", "v"), ("EMPTY", ""), ("R", "${A}")]
            .map(|(k, v)| (k.into(), v.into()))
            .into();
        let variables = Variables::new(&environment);
        let (found, met) = expand(value, &variables, compat, &mut 1000);
        assert_eq!((found.as_str(), met.len()), (expected, events), "{value}: {met:?}");
    }

    #[track_caller]
    fn check(value: &str, expected: &str, events: usize) {
        check_in(Compat::V5_1, value, expected, events);
    }

    #[test]
    fn variables() {
        check("", "", 0);
        check("plain", "plain", 0);
        check("x${A}y${VAR}z", "xqyvz", 0);
        check("$A ${A", "$A ${A", 0);
        check("${EMPTY}", "", 1);
        check("${NONE}", "", 1);
        check("a${NONE}b", "ab", 1);
        check("${}", "${}", 0);
        check("${R}", "${A}", 0);
        check("${${A}}", "}", 1);
    }

    #[test]
    fn defaults() {
        check("${A:-d}", "q", 0);
        check("${NONE:-d}", "d", 0);
        check("${EMPTY:-d}", "d", 0);
        check("${NONE:-}", "", 0);
        check_in(Compat::V1_8, "${A:-d}", "", 1);
    }

    #[test]
    fn braces_before_a_variable() {
        check("b{2}${VAR}", "b{2}${VAR}", 1);
        check("${VAR}b{2}${VAR}tail", "v${VAR}tail", 2);
        check("${VAR}x${A", "v", 1);
    }

    #[test]
    fn growth_is_bounded() {
        let environment: BTreeMap<String, String> = [("A".into(), "12345".into())].into();
        let variables = Variables::new(&environment);
        let mut room = 12;
        let (found, met) = expand("${A}-${A}-${A}-${A}", &variables, Compat::V5_1, &mut room);
        assert_eq!((found.as_str(), room), ("12345-12345-${A}-${A}", 2));
        assert_eq!(met, [Event::NoRoom { at: 10 }]);
    }

    #[test]
    fn long_names() {
        let name = "N".repeat(5000);
        check(&format!("${{{name}}}"), &format!("${{{name}}}"), 0);
        check_in(Compat::V1_8, &format!("${{{}}}", "N".repeat(64)), "", 2);
    }
}
