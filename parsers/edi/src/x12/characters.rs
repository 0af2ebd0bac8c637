//! The character sets of X12 (X12.6, 3.3): basic, extended, and UTF-8 by agreement; and writing text in them.
//!
//! The basic set has capitals, digits and little else; the extended one small letters and more signs. Letters of other
//! languages are written with the ones there are (`ä` as `ae`, `é` as `e`); what cannot be is not made up: the writer
//! refuses or replaces it, as it was told.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Which characters data may hold. Delimiters are not data, control characters never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharacterSet {
    /// Capitals, digits, blank and `!"&'()*+,-./:;?=`.
    Basic,
    /// With small letters and `%@[]_{}\|<>~^`#$`.
    Extended,
    /// Any character, in UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
}

impl CharacterSet {
    /// True if the set has it.
    pub fn has(self, c: char) -> bool {
        match self {
            CharacterSet::Basic => is_basic(c),
            CharacterSet::Extended => is_basic(c) || is_extended(c),
            CharacterSet::Utf8 => !c.is_control(),
        }
    }

    /// True if all of it is in the set. Bytes that are not UTF-8 are in none.
    pub fn has_all(self, value: &[u8]) -> bool {
        std::str::from_utf8(value).is_ok_and(|text| text.chars().all(|c| self.has(c)))
    }

    /// The text in characters of the set, as far as that goes: what has no likeness in it stays as it is.
    pub fn write(self, text: &str) -> Cow<'_, str> {
        match text.chars().all(|c| self.has(c)) {
            true => Cow::Borrowed(text),
            false => Cow::Owned(text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
                self.write_character(c, &mut out);
                out
            })),
        }
    }

    fn write_character(self, c: char, out: &mut String) {
        if self.has(c) {
            return out.push(c);
        }
        let likeness = likeness(c);
        let capitals = likeness.to_ascii_uppercase();
        match likeness {
            "" => out.push(c),
            _ if likeness.chars().all(|c| self.has(c)) => out.push_str(likeness),
            _ if capitals.chars().all(|c| self.has(c)) => out.push_str(&capitals),
            _ => out.push(c),
        }
    }
}

fn is_basic(c: char) -> bool {
    matches!(c, 'A'..='Z' | '0'..='9' | ' ' | '!' | '"' | '&'..='/' | ':' | ';' | '?' | '=')
}

fn is_extended(c: char) -> bool {
    matches!(
        c,
        'a'..='z'
            | '%'
            | '@'
            | '['
            | ']'
            | '_'
            | '{'
            | '}'
            | '\\'
            | '|'
            | '<'
            | '>'
            | '~'
            | '^'
            | '`'
            | '#'
            | '$'
    )
}

/// The same in ASCII; empty when there is nothing like it.
fn likeness(c: char) -> &'static str {
    const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
    match c {
        'a'..='z' => &SMALL[c as usize - 'a' as usize..=c as usize - 'a' as usize],
        '\u{c0}'..='\u{17f}' => LATIN[c as usize - 0xc0],
        '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\t' => " ",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '_' => "-",
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{b4}' | '`' => "'",
        '\u{201c}'..='\u{201e}' | '\u{ab}' | '\u{bb}' => "\"",
        '\u{2026}' => "...",
        '\u{20ac}' => "EUR",
        '[' | '{' => "(",
        ']' | '}' => ")",
        _ => "",
    }
}

/// U+00C0 to U+017F: Latin-1 and Latin Extended-A.
#[rustfmt::skip]
const LATIN: [&str; 192] = [
    "A", "A", "A", "A", "AE", "AA", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
    "D", "N", "O", "O", "O", "O", "OE", "x", "O", "U", "U", "U", "UE", "Y", "TH", "ss",
    "a", "a", "a", "a", "ae", "aa", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "oe", "/", "o", "u", "u", "u", "ue", "y", "th", "y",
    "A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
    "D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
    "G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
    "I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
    "l", "L", "l", "N", "n", "N", "n", "N", "n", "'n", "N", "n", "O", "o", "O", "o",
    "O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
    "S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
    "U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_written_with_those_there_are() {
        use CharacterSet::{Basic, Extended, Utf8};
        assert_eq!(Basic.write("Müller & Söhne – Łódź"), "MUELLER & SOEHNE - LODZ");
        assert_eq!(Extended.write("Crème brûlée “10 €”"), "Creme brulee \"10 EUR\"");
        assert_eq!(Utf8.write("Müller 東京"), "Müller 東京");
        assert_eq!(Extended.write("東京"), "東京");
        assert!(!Extended.has_all("東京".as_bytes()) && !Utf8.has_all(b"M\xfcller"));
        assert!(Basic.has_all(b"PO-1 (A) \"X\"") && !Basic.has_all(b"a") && !Basic.has_all(b"#"));
        assert!(Extended.has_all(b"a#") && !Extended.has_all(b"\x07"));
    }
}
