//! The grammar of label selectors.

use prometheus_labels::quoted;

use super::{Condition, Requirement, key_problem, value_problem};

/// Reads the requirements, sorted by label; `Err` is the message of the Kubernetes libraries.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut requirements = Vec::new();
    loop {
        match parser.peek() {
            Token::End => break,
            token if token.is_word() || token == Token::Symbol("!") => {
                let requirement =
                    parser.requirement().map_err(|error| format!("unable to parse requirement: {error}"))?;
                requirements.push(requirement);
            }
            token => return Err(format!("found '{token}', expected: !, identifier, or 'end of string'")),
        }
        match parser.next() {
            Token::End => break,
            Token::Symbol(",") => {
                let token = parser.peek();
                if !token.is_word() && token != Token::Symbol("!") {
                    return Err(format!("found '{token}', expected: identifier after ','"));
                }
            }
            token => return Err(format!("found '{token}', expected: ',' or 'end of string'")),
        }
    }
    requirements.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(requirements)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Symbol(&'t str),
    Word(&'t str),
    End,
}

impl Token<'_> {
    fn is_word(self) -> bool {
        matches!(self, Self::Word(_))
    }
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Symbol(text) | Self::Word(text) => f.write_str(text),
            Self::End => Ok(()),
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    // A NUL ends the text.
    let text = text.split('\0').next().unwrap_or_default();
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let is_symbol = |c: char| "=!(),><".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let length = match rest.as_bytes() {
            [b'!' | b'=', b'=', ..] => 2,
            _ if rest.starts_with(is_symbol) => 1,
            _ => rest.find(|c| is_blank(c) || is_symbol(c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(if token.starts_with(is_symbol) { Token::Symbol(token) } else { Token::Word(token) });
        rest = after.trim_start_matches(is_blank);
    }
    tokens
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        self.tokens.get(self.at).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token<'t> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut token = self.next();
        let negated = token == Token::Symbol("!");
        if negated {
            token = self.next();
        }
        let Token::Word(key) = token else { return Err(format!("found '{token}', expected: identifier")) };
        if let Some(problem) = key_problem(key) {
            return Err(problem);
        }
        let condition = match self.peek() {
            _ if negated => Condition::Missing,
            Token::End | Token::Symbol(",") => Condition::Exists,
            _ => self.condition(key)?,
        };
        Ok(Requirement { key: key.to_owned(), condition })
    }

    fn condition(&mut self, key: &str) -> Result<Condition, String> {
        let operator = self.next();
        let values = match operator {
            Token::Word("in" | "notin") => self.list()?,
            Token::Symbol("=" | "==" | "!=" | ">" | "<") => vec![self.value()?],
            _ => return Err(format!("found '{operator}', expected: in, notin, =, ==, !=, gt, lt")),
        };
        let mut problems = Vec::new();
        let comparison = matches!(operator, Token::Symbol(">" | "<"));
        let number = values.first().and_then(|value| value.parse::<i64>().ok());
        if comparison && number.is_none() {
            let value = values.first().map(String::as_str).unwrap_or_default();
            problems.push(format!(
                "values[0]: Invalid value: {}: for 'Gt', 'Lt' operators, the value must be an integer",
                quoted(value)
            ));
        }
        for (at, value) in values.iter().enumerate() {
            if let Some(problem) = value_problem(value) {
                problems.push(format!("values[{at}][{key}]: Invalid value: {}: {problem}", quoted(value)));
            }
        }
        match problems.as_slice() {
            [] => {}
            [problem] => return Err(problem.clone()),
            problems => return Err(format!("[{}]", problems.join(", "))),
        }
        Ok(match (operator, number) {
            (Token::Symbol(">"), Some(limit)) => Condition::Above(limit),
            (Token::Symbol("<"), Some(limit)) => Condition::Below(limit),
            (Token::Word("notin") | Token::Symbol("!="), _) => Condition::NotIn(values),
            _ => Condition::In(values),
        })
    }

    /// The value after a comparison; left out, it is empty.
    fn value(&mut self) -> Result<String, String> {
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return Ok(String::new());
        }
        match self.next() {
            Token::Word(value) => Ok(value.to_owned()),
            token => Err(format!("found '{token}', expected: identifier")),
        }
    }

    /// `(a, b)`, sorted and without repetition; nothing between two separators is the empty value.
    fn list(&mut self) -> Result<Vec<String>, String> {
        let open = self.next();
        if open != Token::Symbol("(") {
            return Err(format!("found '{open}' expected: '('"));
        }
        let mut values = Vec::new();
        match self.peek() {
            Token::Symbol(")") => values.push(String::new()),
            Token::Word(_) | Token::Symbol(",") => self.items(&mut values)?,
            token => return Err(format!("found '{token}', expected: ',', ')' or identifier")),
        }
        // What stopped the items is the closing parenthesis.
        self.at += 1;
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    fn items(&mut self, values: &mut Vec<String>) -> Result<(), String> {
        loop {
            match self.next() {
                Token::Word(value) => {
                    values.push(value.to_owned());
                    match self.peek() {
                        Token::Symbol(",") => {}
                        Token::Symbol(")") => return Ok(()),
                        token => return Err(format!("found '{token}', expected: ',' or ')'")),
                    }
                }
                Token::Symbol(",") => {
                    if values.is_empty() {
                        values.push(String::new());
                    }
                    match self.peek() {
                        Token::Symbol(")") => {
                            values.push(String::new());
                            return Ok(());
                        }
                        Token::Symbol(",") => values.push(String::new()),
                        _ => {}
                    }
                }
                token => return Err(format!("found '{token}', expected: ',', or identifier")),
            }
        }
    }
}
