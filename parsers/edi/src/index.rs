//! Where bytes of interest stand, as bit masks of sixty-four bytes at a time: what cutting is built on.
//!
//! A [`Block`] is up to 64 bytes of a slice, never more than there are; a mask has bit n for byte n. On x86-64 four vectors of
//! SSE2 (which all such processors have, so that nothing is asked at run time), elsewhere plain arithmetic on words. Both are
//! tested against the obvious way on random bytes. The only module with `unsafe` in it: calls of SSE2 instructions that
//! touch no memory. Nothing here can fail.

/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// Up to 64 bytes, loaded. Vectors overlap where there are fewer; a bit is then set twice.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    lanes: [Lane; 4],
    shifts: [u32; 4],
    valid: u64,
}

impl Block {
    /// The first 64 bytes, or what is there.
    #[inline(always)]
    pub fn of(bytes: &[u8]) -> Block {
        if let Some(bytes) = bytes.first_chunk::<BLOCK>() {
            let lane = |at: usize| Lane::load(bytes[at..].first_chunk().unwrap_or(&[0; 16]));
            return Block {
                lanes: [lane(0), lane(16), lane(32), lane(48)],
                shifts: [0, 16, 32, 48],
                valid: !0,
            };
        }
        Block::short(bytes)
    }

    #[inline(always)]
    fn short(bytes: &[u8]) -> Block {
        let valid = (1u64 << bytes.len()) - 1;
        let Some(last) = bytes.len().checked_sub(16) else {
            return Block { lanes: [Lane::load(&padded(bytes)); 4], shifts: [0; 4], valid };
        };
        let lane = |at: usize| Lane::load(bytes[at..].first_chunk().unwrap_or(&[0; 16]));
        let (second, third) = (last.min(16), last.min(32));
        let lanes = [lane(0), lane(second), lane(third), lane(last)];
        Block { lanes, shifts: [0, second as u32, third as u32, last as u32], valid }
    }

    #[inline(always)]
    fn mask(&self, of: impl Fn(Lane) -> u32) -> u64 {
        let bits = |at: usize| u64::from(of(self.lanes[at])) << self.shifts[at];
        (bits(0) | bits(1) | bits(2) | bits(3)) & self.valid
    }

    #[inline(always)]
    pub fn equal(&self, byte: u8) -> u64 {
        self.mask(|lane| lane.equal(byte))
    }
}

/// Fewer than 16 bytes, with zeros behind them.
#[inline(always)]
fn padded(bytes: &[u8]) -> [u8; 16] {
    let (mut low, mut high) = (0u64, 0u64);
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        low = u64::from_le_bytes(*first);
        // Eight bytes at most are in both; shifted out of the second. Exactly eight: nothing remains.
        high = u64::from_le_bytes(*last).checked_shr(8 * (16 - length as u32)).unwrap_or(0);
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        low = u64::from(u32::from_le_bytes(*first))
            | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
    } else if let [first, .., last] = *bytes {
        low = u64::from(first)
            | u64::from(bytes[length / 2]) << (8 * (length / 2))
            | u64::from(last) << (8 * (length - 1));
    } else if let [only] = *bytes {
        low = u64::from(only);
    }
    (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
}

/// Where `byte` stands in a slice, from first to last; those that a release character stands before are left out.
#[derive(Clone)]
pub(crate) struct Places<'a> {
    bytes: &'a [u8],
    byte: u8,
    release: Option<u8>,
    /// Start of the block that `mask` is of.
    base: usize,
    mask: u64,
    /// 1 if the last byte of the block releases the first of the next.
    carry: u64,
}

impl<'a> Places<'a> {
    #[inline(always)]
    pub fn new(bytes: &'a [u8], byte: u8, release: Option<u8>) -> Self {
        let mut places = Places { bytes, byte, release, base: 0, mask: 0, carry: 0 };
        places.load();
        places
    }

    #[inline(always)]
    fn load(&mut self) {
        let block = Block::of(&self.bytes[self.base..]);
        self.mask = block.equal(self.byte);
        if let Some(release) = self.release {
            self.mask &= !released(block.equal(release), &mut self.carry);
        }
    }
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            if self.bytes.len() - self.base <= BLOCK {
                return None;
            }
            self.base += BLOCK;
            self.load();
        }
        let at = self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(self.base + at)
    }
}

/// Which bytes of a block a release character stands before that is not released itself. Without a branch, by carries of an
/// addition (Langdale and Lemire, Parsing gigabytes of JSON per second, 3.1.1).
#[inline(always)]
pub(crate) fn released(release: u64, carry: &mut u64) -> u64 {
    const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
    if release == 0 {
        return std::mem::take(carry);
    }
    let candidates = release & !*carry;
    let series = ((candidates << 1) | ODD).wrapping_sub(candidates) ^ ODD;
    let found = series ^ (release | *carry);
    *carry = (series & release) >> 63;
    found
}

#[cfg(target_arch = "x86_64")]
use vector::Lane;
#[cfg(not(target_arch = "x86_64"))]
use word::Lane;

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod vector {
    //! Sixteen bytes in a register.
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub(super) struct Lane(__m128i);

    // SAFETY, of all of them: SSE2 is part of x86-64, and none of these instructions takes a pointer.
    impl Lane {
        #[inline(always)]
        pub fn load(bytes: &[u8; 16]) -> Lane {
            let both = u128::from_le_bytes(*bytes);
            Lane(unsafe { _mm_set_epi64x((both >> 64) as i64, both as i64) })
        }

        #[inline(always)]
        pub fn equal(self, byte: u8) -> u32 {
            unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte as i8))) as u32 }
        }
    }
}

#[cfg(any(test, not(target_arch = "x86_64")))]
#[cfg_attr(target_arch = "x86_64", allow(dead_code))]
mod word {
    //! Sixteen bytes in two words.

    #[derive(Clone, Copy)]
    pub(super) struct Lane(u64, u64);

    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

    impl Lane {
        pub fn load(bytes: &[u8; 16]) -> Lane {
            let both = u128::from_le_bytes(*bytes);
            Lane(both as u64, (both >> 64) as u64)
        }

        pub fn equal(self, byte: u8) -> u32 {
            let different = |word: u64| {
                let x = word ^ (ONES * u64::from(byte));
                ((x & LOW) + LOW) | x
            };
            gathered(!different(self.0)) | gathered(!different(self.1)) << 8
        }
    }

    /// Bit 7 of each byte, side by side.
    fn gathered(word: u64) -> u32 {
        (((word & !LOW) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that look random, from few kinds, so that runs and neighbours occur.
    fn samples() -> impl Iterator<Item = Vec<u8>> {
        let mut state = 0x2545_f491_4f6c_dd1du64;
        let mut roll = move |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        (0..4000).map(move |round| {
            let length = (round % 200) as usize;
            let few = b"*?~09/: \x00\x1f\x7f\x80\xffAz";
            (0..length)
                .map(|_| match round % 3 {
                    0 => few[roll(few.len() as u64) as usize],
                    1 => b"?*"[roll(2) as usize],
                    _ => roll(256) as u8,
                })
                .collect()
        })
    }

    fn naive(bytes: &[u8], of: impl Fn(u8) -> bool) -> u64 {
        bytes.iter().take(64).enumerate().fold(0, |mask, (at, &b)| mask | u64::from(of(b)) << at)
    }

    #[test]
    fn masks_are_what_looking_at_each_byte_yields() {
        for bytes in samples() {
            let block = Block::of(&bytes);
            for byte in *b"*?~0\x00\x80\xff" {
                assert_eq!(block.equal(byte), naive(&bytes, |b| b == byte), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn words_and_vectors_agree() {
        for bytes in samples() {
            let Some(bytes) = bytes.first_chunk::<16>() else { continue };
            let (word, lane) = (word::Lane::load(bytes), Lane::load(bytes));
            assert!((0..=255).all(|b| word.equal(b) == lane.equal(b)), "{bytes:x?}");
        }
    }

    #[test]
    fn places_are_those_that_are_not_released() {
        for bytes in samples() {
            let all: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'*').collect();
            assert_eq!(Places::new(&bytes, b'*', None).collect::<Vec<_>>(), all);
            let mut free = Vec::new();
            let mut at = 0;
            while at < bytes.len() {
                match bytes[at] {
                    b'?' => at += 1,
                    b'*' => free.push(at),
                    _ => {}
                }
                at += 1;
            }
            assert_eq!(Places::new(&bytes, b'*', Some(b'?')).collect::<Vec<_>>(), free, "{bytes:x?}");
        }
    }
}
