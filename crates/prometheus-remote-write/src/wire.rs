//! Writing fields of protobuf messages.

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireType {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
}

pub(crate) fn varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "less than 0x80")]
    into.push(value as u8);
}

pub(crate) fn tag(into: &mut Vec<u8>, field: u32, wire_type: WireType) {
    varint(into, u64::from(field << 3 | wire_type as u32));
}

/// A number that is never negative.
pub(crate) fn unsigned(into: &mut Vec<u8>, field: u32, value: u64) {
    tag(into, field, WireType::Varint);
    varint(into, value);
}

/// `int64`
pub(crate) fn signed(into: &mut Vec<u8>, field: u32, value: i64) {
    unsigned(into, field, value.cast_unsigned());
}

/// `sint32` and `sint64`
pub(crate) fn zigzag(into: &mut Vec<u8>, field: u32, value: i64) {
    unsigned(into, field, zigzagged(value));
}

pub(crate) fn zigzagged(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

pub(crate) fn double(into: &mut Vec<u8>, field: u32, value: f64) {
    tag(into, field, WireType::Fixed64);
    into.extend_from_slice(&value.to_bits().to_le_bytes());
}

pub(crate) fn bytes(into: &mut Vec<u8>, field: u32, value: &[u8]) {
    tag(into, field, WireType::Bytes);
    varint(into, value.len() as u64);
    into.extend_from_slice(value);
}

/// How many bytes [`bytes`] writes, for a field below 16.
pub(crate) fn bytes_len(value: &[u8]) -> usize {
    let length = value.len();
    let digits = usize::try_from((length | 1).ilog2() / 7).unwrap_or_default() + 1;
    1 + digits + length
}

/// A message in a message: `write` appends it, and its length is put in front of it.
pub(crate) fn message(into: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    tag(into, field, WireType::Bytes);
    // Most messages in messages are shorter than 128 bytes: their length takes one byte.
    let at = into.len();
    into.push(0);
    write(into);
    let length = into.len() - at - 1;
    if let (Ok(length), Some(byte)) = (u8::try_from(length), into.get_mut(at))
        && length < 0x80
    {
        *byte = length;
        return;
    }
    let mut prefix = Vec::with_capacity(10);
    varint(&mut prefix, length as u64);
    into.splice(at..=at, prefix);
}
