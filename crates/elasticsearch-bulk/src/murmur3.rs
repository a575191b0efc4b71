//! The hash that Fluent Bit makes document ids of.

const C1: u64 = 0x87c3_7b91_1142_53d5;
const C2: u64 = 0x4cf5_ad43_2745_937f;

/// MurmurHash3, the variant for 64-bit machines with 128 bits of result: its two halves.
pub(crate) fn murmur3_x64_128(bytes: &[u8], seed: u32) -> [u64; 2] {
    let (mut h1, mut h2) = (u64::from(seed), u64::from(seed));
    let (blocks, tail) = bytes.as_chunks::<16>();
    for block in blocks {
        let (k1, k2) = halves(block);
        h1 ^= mix_first(k1);
        h1 = h1.rotate_left(27).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x52dc_e729);
        h2 ^= mix_second(k2);
        h2 = h2.rotate_left(31).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    // Missing bytes count as zeros, and zeros mix to zero.
    let mut last = [0; 16];
    last[..tail.len()].copy_from_slice(tail);
    let (k1, k2) = halves(&last);
    h1 ^= mix_first(k1);
    h2 ^= mix_second(k2);

    let length = bytes.len() as u64;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finish(h1);
    h2 = finish(h2);
    h1 = h1.wrapping_add(h2);
    [h1, h2.wrapping_add(h1)]
}

fn halves(block: &[u8; 16]) -> (u64, u64) {
    let both = u128::from_le_bytes(*block);
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the number")]
    (both as u64, (both >> 64) as u64)
}

fn mix_first(k1: u64) -> u64 {
    k1.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn mix_second(k2: u64) -> u64 {
    k2.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

fn finish(mut k: u64) -> u64 {
    k ^= k >> 33;
    k = k.wrapping_mul(0xff51_afd7_ed55_8ccd);
    k ^= k >> 33;
    k = k.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    k ^ k >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seed: u32, expected: [u64; 2]) {
        assert_eq!(murmur3_x64_128(text.as_bytes(), seed), expected, "{text:?}");
    }

    #[test]
    fn known_hashes() {
        check("", 0, [0, 0]);
        check("hello", 0, [0xcbd8_a7b3_41bd_9b02, 0x5b1e_906a_48ae_1d19]);
        check("hello, world", 0, [0x342f_ac62_3a5e_bc8e, 0x4cdc_bc07_9642_414d]);
        check(
            "The quick brown fox jumps over the lazy dog.",
            0,
            [0xcd99_481f_9ee9_02c9, 0x695d_a1a3_8987_b6e7],
        );
    }
}
