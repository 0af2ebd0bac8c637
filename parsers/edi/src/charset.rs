//! The character sets an interchange may declare (ISO 9735, 0001: UNOA to UNOY), read into and written from UTF-8.
//!
//! Reading never fails: what the set does not have becomes `U+FFFD`, and [`Charset::holds`] says so for the finding.
//! Writing says which character it cannot write. The level letters of UNOA and UNOB restrict ASCII; UNOC and on are the parts
//! of ISO 8859; UNOW and UNOY are read as UTF-8; UNOX switches sets by escape sequences (ISO 2022), read as ISO-2022-JP.

use encoding_rs::{
    Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7,
    ISO_8859_8, ISO_8859_15, WINDOWS_1254,
};
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// X12, or a syntax identifier nobody knows: UTF-8 where it is, else ISO 8859-1.
    #[default]
    Undeclared,
    /// Capitals, digits, blank and `.,-()/='+:?!"%&*;<>`.
    A,
    /// A, and small letters.
    B,
    /// ISO 8859-1.
    C,
    /// ISO 8859-2.
    D,
    /// ISO 8859-5.
    E,
    /// ISO 8859-7.
    F,
    /// ISO 8859-3.
    G,
    /// ISO 8859-4.
    H,
    /// ISO 8859-6.
    I,
    /// ISO 8859-8.
    J,
    /// ISO 8859-9.
    K,
    /// ISO 8859-15.
    L,
    /// UTF-8.
    W,
    /// ISO 2022.
    X,
    /// ISO 10646 without code extension: UTF-8.
    Y,
}

impl Charset {
    /// By its syntax identifier, `UNOC`.
    pub fn named(identifier: &[u8]) -> Option<Charset> {
        let letter = identifier.strip_prefix(b"UNO")?;
        Some(match letter {
            b"A" => Charset::A,
            b"B" => Charset::B,
            b"C" => Charset::C,
            b"D" => Charset::D,
            b"E" => Charset::E,
            b"F" => Charset::F,
            b"G" => Charset::G,
            b"H" => Charset::H,
            b"I" => Charset::I,
            b"J" => Charset::J,
            b"K" => Charset::K,
            b"L" => Charset::L,
            b"W" => Charset::W,
            b"X" => Charset::X,
            b"Y" => Charset::Y,
            _ => return None,
        })
    }

    /// One character is one byte.
    pub fn is_single_byte(self) -> bool {
        !matches!(self, Charset::Undeclared | Charset::W | Charset::X | Charset::Y)
    }

    fn table(self) -> Option<&'static Encoding> {
        Some(match self {
            Charset::D => ISO_8859_2,
            Charset::E => ISO_8859_5,
            Charset::F => ISO_8859_7,
            Charset::G => ISO_8859_3,
            Charset::H => ISO_8859_4,
            Charset::I => ISO_8859_6,
            Charset::J => ISO_8859_8,
            // Equal to ISO 8859-9 but for the control characters, which no set holds.
            Charset::K => WINDOWS_1254,
            Charset::L => ISO_8859_15,
            Charset::X => ISO_2022_JP,
            _ => return None,
        })
    }

    /// The bytes as text.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        if bytes.is_ascii() && self != Charset::X {
            return String::from_utf8_lossy(bytes);
        }
        match self {
            Charset::W | Charset::Y => String::from_utf8_lossy(bytes),
            Charset::C => Cow::Owned(bytes.iter().map(|&b| b as char).collect()),
            _ => match self.table() {
                Some(table) => table.decode_without_bom_handling(bytes).0,
                // UNOA and UNOB have no such bytes; what was meant is most likely one of these.
                None => match std::str::from_utf8(bytes) {
                    Ok(text) => Cow::Borrowed(text),
                    Err(_) => Cow::Owned(bytes.iter().map(|&b| b as char).collect()),
                },
            },
        }
    }

    /// True if the set has the byte. Of the multi-byte sets every byte above ASCII may be part of a character.
    pub fn holds(self, byte: u8) -> bool {
        match self {
            Charset::X if byte == 0x1b => true,
            _ if byte < b' ' || byte == 0x7f => false,
            Charset::A => byte.is_ascii_uppercase() || is_level_ab(byte),
            Charset::B => byte.is_ascii_alphabetic() || is_level_ab(byte),
            _ if byte.is_ascii() => true,
            Charset::Undeclared | Charset::W | Charset::X | Charset::Y => true,
            _ if byte < 0xa0 => false,
            Charset::C => true,
            _ => !self.decode(&[byte]).contains('\u{fffd}'),
        }
    }

    /// The text in this set.
    ///
    /// # Errors
    /// The first character that the set does not have.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, char> {
        let foreign = |c: char| u8::try_from(c).map_or(true, |byte| !self.holds(byte));
        match self {
            Charset::Undeclared | Charset::W | Charset::Y => match text.chars().find(|c| c.is_control()) {
                Some(c) => Err(c),
                None => Ok(Cow::Borrowed(text.as_bytes())),
            },
            Charset::A | Charset::B | Charset::C => match text.chars().find(|&c| foreign(c)) {
                Some(c) => Err(c),
                None if text.is_ascii() => Ok(Cow::Borrowed(text.as_bytes())),
                None => Ok(Cow::Owned(text.chars().map(|c| c as u32 as u8).collect())),
            },
            // As a whole: each run of one set opens and closes once.
            Charset::X => match text.chars().find(|&c| self.encode_one(c).is_none()) {
                Some(c) => Err(c),
                None => Ok(Cow::Owned(ISO_2022_JP.encode(text).0.into_owned())),
            },
            _ => {
                let mut bytes = Vec::with_capacity(text.len());
                for c in text.chars() {
                    bytes.extend_from_slice(&self.encode_one(c).ok_or(c)?);
                }
                Ok(Cow::Owned(bytes))
            }
        }
    }

    fn encode_one(self, c: char) -> Option<Vec<u8>> {
        let mut text = [0; 4];
        let (bytes, _, unmappable) = self.table()?.encode(c.encode_utf8(&mut text));
        let held = self == Charset::X || matches!(bytes[..], [byte] if self.holds(byte));
        (!unmappable && !c.is_control() && held).then(|| bytes.into_owned())
    }
}

/// Digits, blank and marks that levels A and B have in common.
fn is_level_ab(byte: u8) -> bool {
    byte.is_ascii_digit() || b" .,-()/='+:?!\"%&*;<>".contains(&byte)
}

/// What a set that has no accents writes instead: the letter without, the usual pair of letters, or `None`.
pub fn transliterated(c: char) -> Option<&'static str> {
    Some(match c {
        'Ä' | 'Æ' => "AE",
        'Ö' | 'Œ' | 'Ø' => "OE",
        'Ü' => "UE",
        'ä' | 'æ' => "ae",
        'ö' | 'œ' | 'ø' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'À'..='Ã' | 'Ā' | 'Ă' | 'Ą' => "A",
        'Å' => "AA",
        'å' => "aa",
        'à'..='ã' | 'ā' | 'ă' | 'ą' => "a",
        'Ç' | 'Ć' | 'Č' | 'Ĉ' | 'Ċ' => "C",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'Ð' | 'Ď' | 'Đ' => "D",
        'ð' | 'ď' | 'đ' => "d",
        'È'..='Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => "E",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'Ğ' | 'Ģ' => "G",
        'ğ' | 'ģ' => "g",
        'Ì'..='Ï' | 'Ī' | 'Į' | 'İ' => "I",
        'ì'..='ï' | 'ī' | 'į' | 'ı' => "i",
        'Ķ' => "K",
        'ķ' => "k",
        'Ł' | 'Ĺ' | 'Ľ' | 'Ļ' => "L",
        'ł' | 'ĺ' | 'ľ' | 'ļ' => "l",
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => "N",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'Ò'..='Õ' | 'Ő' | 'Ō' => "O",
        'ò'..='õ' | 'ő' | 'ō' => "o",
        'Ŕ' | 'Ř' => "R",
        'ŕ' | 'ř' => "r",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'ť' | 'ţ' | 'ț' => "t",
        'Ù'..='Û' | 'Ů' | 'Ű' | 'Ū' | 'Ų' => "U",
        'ù'..='û' | 'ů' | 'ű' | 'ū' | 'ų' => "u",
        'Ý' | 'Ÿ' => "Y",
        'ý' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        'Þ' => "TH",
        'þ' => "th",
        '€' => "EUR",
        '\u{2018}' | '\u{2019}' | '`' | '´' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '_' | '~' => "-",
        '…' => "...",
        '\u{a0}' | '\t' | '\n' | '\r' => " ",
        '[' | '{' => "(",
        ']' | '}' => ")",
        '@' => "(AT)",
        '#' => "NO",
        '\\' | '|' => "/",
        '°' => "DEG",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ALL: &[u8] = b"ABCDEFGHIJKLWXY";

    #[test]
    fn each_set_reads_and_writes_its_own() {
        let cases: &[(u8, &str, &[u8])] = &[
            (b'C', "Müller é", b"M\xfcller \xe9"),
            (b'D', "Łódź", b"\xa3\xf3d\xbc"),
            (b'E', "Привет", b"\xbf\xe0\xd8\xd2\xd5\xe2"),
            (b'F', "Αθήνα", b"\xc1\xe8\xde\xed\xe1"),
            (b'K', "Şişli ı", b"\xdei\xfeli \xfd"),
            (b'L', "5 €", b"5 \xa4"),
            (b'W', "Łódź €", "Łódź €".as_bytes()),
        ];
        for &(letter, text, bytes) in cases {
            let set = Charset::named(&[b'U', b'N', b'O', letter]).unwrap();
            assert_eq!(set.decode(bytes), text);
            assert_eq!(set.encode(text).unwrap().as_ref(), bytes);
        }
    }

    #[test]
    fn what_a_set_does_not_have_is_told() {
        assert_eq!(Charset::A.encode("ORDER a"), Err('a'));
        assert_eq!(Charset::B.encode("Müller"), Err('ü'));
        assert_eq!(Charset::C.encode("Łódź"), Err('Ł'));
        assert_eq!(Charset::G.decode(b"\xa5"), "\u{fffd}");
        assert!(!Charset::G.holds(0xa5) && !Charset::C.holds(0x85) && !Charset::A.holds(b'a'));
        assert!(Charset::named(b"UNOZ").is_none() && Charset::named(b"XXXX").is_none());
    }

    #[test]
    fn every_byte_string_can_be_read_in_every_set() {
        let bytes: Vec<u8> = (0..=255).collect();
        for letter in ALL {
            let set = Charset::named(&[b'U', b'N', b'O', *letter]).unwrap();
            assert!(!set.decode(&bytes).is_empty());
            for byte in 0u8..=255 {
                if set.is_single_byte() && set.holds(byte) {
                    assert_eq!(set.encode(&set.decode(&[byte])).unwrap().as_ref(), [byte], "{letter}");
                }
            }
        }
    }
}
