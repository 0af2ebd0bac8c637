//! A stand-in for a value: as long, of the same kinds of characters in the same places, and telling nothing.
//!
//! Promises: the same value yields the same stand-in, in every file and on every day (its SHA-256 chooses the characters), so
//! that what was equal stays equal. Letters stay letters of their case and alphabet, digits digits; zeros stay zeros, so that
//! no number gains or loses a leading one; all else stays: blanks, points, signs, releases. What the charset could not hold
//! is never made. Short values can be guessed by trying: a stand-in hides from readers, it does not encrypt.

use portway_edi::Delimiters;
use portway_edi::charset::Charset;
use sha2::{Digest, Sha256};

/// As many choices as are asked for, from one value.
struct Choices {
    value: [u8; 32],
    block: [u8; 32],
    used: usize,
    blocks: u64,
}

impl Choices {
    fn of(value: &[u8]) -> Choices {
        let value: [u8; 32] = Sha256::digest(value).into();
        Choices { value, block: value, used: 0, blocks: 0 }
    }

    fn below(&mut self, count: u8) -> u8 {
        if self.used == self.block.len() {
            self.blocks += 1;
            self.used = 0;
            let hash = Sha256::new().chain_update(self.value).chain_update(self.blocks.to_be_bytes());
            self.block = hash.finalize().into();
        }
        let byte = self.block[self.used];
        self.used += 1;
        byte % count
    }
}

/// The stand-in for a value as it stands in the file, releases included.
pub fn stand_in(value: &[u8], charset: Charset, delimiters: &Delimiters) -> Vec<u8> {
    let mut choices = Choices::of(value);
    let text = match charset {
        Charset::Undeclared => std::str::from_utf8(value).ok(),
        _ if charset.is_single_byte() => None,
        _ => std::str::from_utf8(value).ok(),
    };
    let mut out = Vec::with_capacity(value.len());
    match text {
        Some(text) => {
            let mut bytes = [0; 4];
            for c in text.chars() {
                out.extend_from_slice(character(c, &mut choices).encode_utf8(&mut bytes).as_bytes());
            }
        }
        None => out.extend(value.iter().map(|&b| byte(b, charset, &mut choices))),
    }
    // Letters that cut, as no sane sender has them: the value stays rather than its segment breaks.
    let cuts = |bytes: &[u8]| {
        let release = |b: u8| Some(b) == delimiters.release;
        bytes.iter().filter(|&&b| delimiters.contains(b) || release(b)).count()
    };
    if cuts(&out) != cuts(value) { value.to_vec() } else { out }
}

fn character(c: char, choices: &mut Choices) -> char {
    match c {
        'a'..='z' => char::from(b'a' + choices.below(26)),
        'A'..='Z' => char::from(b'A' + choices.below(26)),
        '1'..='9' => char::from(b'1' + choices.below(9)),
        _ if c.is_ascii() || !c.is_alphabetic() => c,
        _ => {
            // A neighbour of the same alphabet, case and length.
            let from = choices.below(32);
            let same = |other: &char| {
                other.is_alphabetic()
                    && other.is_uppercase() == c.is_uppercase()
                    && other.len_utf8() == c.len_utf8()
            };
            let near = |step: u32| char::from_u32((c as u32 & !31) + (u32::from(from) + step) % 32);
            (0..32).filter_map(near).find(same).unwrap_or(c)
        }
    }
}

/// The same in a set of one byte a character.
fn byte(b: u8, charset: Charset, choices: &mut Choices) -> u8 {
    if b.is_ascii() {
        return u8::try_from(character(char::from(b), choices)).unwrap_or(b);
    }
    let read = |b: u8| charset.decode(&[b]).chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    let before = read(b);
    let from = choices.below(32);
    if !before.is_alphabetic() {
        return b;
    }
    let near = |step: u8| (b & !31) + (from + step) % 32;
    let same = |other: &u8| {
        let c = read(*other);
        charset.holds(*other) && c.is_alphabetic() && c.is_uppercase() == before.is_uppercase()
    };
    (0..32).map(near).find(same).unwrap_or(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> String {
        let bytes = stand_in(value.as_bytes(), Charset::Undeclared, &Delimiters::EDIFACT);
        String::from_utf8(bytes).unwrap_or_else(|_| panic!("{value} is text"))
    }

    #[test]
    fn kinds_of_characters_and_the_length_stay() {
        for value in
            ["Ida Wells", "12-3 Market Sq., 4th fl.", "-100.05", "O?'Brien ??", "Müller Straße", "Ελλάς", ""]
        {
            let other = of(value);
            assert_eq!(other.len(), value.len(), "{other}");
            assert_eq!(other, of(value));
            for (a, b) in value.chars().zip(other.chars()) {
                let kinds = |c: char| (c.is_alphabetic(), c.is_uppercase(), c.is_ascii_digit(), c == '0');
                assert_eq!(kinds(a), kinds(b), "{value} {other}");
                assert!(a == b || a.is_alphanumeric());
            }
        }
        assert_ne!(of("Greenfield Garden Centre"), "Greenfield Garden Centre");
        assert_ne!(of("Ελλάς"), "Ελλάς");
        assert_ne!(of("Ida Wells"), of("Ida Wellt"));
    }

    #[test]
    fn one_byte_sets_stay_in_their_set() {
        let value = b"M\xfcller & S\xf6hne 0\x80";
        let other = stand_in(value, Charset::Undeclared, &Delimiters::X12);
        assert_eq!(other.len(), value.len());
        assert_eq!((other[1] >= 0xe0, &other[6..9], other.last()), (true, &b" & "[..], Some(&0x80)));
    }
}
