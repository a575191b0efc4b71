//! The symbols of a 2.0 message: every text once.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::wire;

/// Texts by number. The first is the empty text, as the protocol wants it.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    text: String,
    /// Where each text ends.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Symbols {
    pub(crate) fn new() -> Self {
        let mut symbols = Self { text: String::new(), ends: Vec::new(), numbers: HashTable::new() };
        symbols.clear();
        symbols
    }

    /// The number of `text`.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let (all, ends) = (&self.text, &self.ends);
        let hash = xxh3_64(text.as_bytes());
        if let Some(number) = self.numbers.find(hash, |number| get(all, ends, *number) == text) {
            return *number;
        }
        // A message of four thousand million texts would not fit into memory.
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let (all, ends) = (&self.text, &self.ends);
        self.numbers.insert_unique(hash, number, |number| xxh3_64(get(all, ends, *number).as_bytes()));
        number
    }

    pub(crate) fn write(&self, field: u32, into: &mut Vec<u8>) {
        let mut start = 0;
        for end in &self.ends {
            wire::bytes(into, field, self.text.get(start..*end).unwrap_or_default().as_bytes());
            start = *end;
        }
    }

    /// How many bytes the texts have together.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.numbers.clear();
        self.number("");
    }
}

fn get<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(number).and_then(|end| text.get(start..*end)).unwrap_or_default()
}
