//! Writes a document as JSON: byte for byte what `serde_json` writes without spaces, in less time.
//!
//! Most of a document's JSON is the names of its fields and our words, and `serde_json` looks through each of them for characters
//! to escape; they have none. What documents hardly have (numbers, texts with something to escape) is left to `serde_json`.

use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};
use serde_json::Error;

/// Appends the JSON of a document, or of a record of one, to `out`.
///
/// # Errors
/// The value has what no record has (a map, a variant with data, bytes): our mistake. `out` then holds the part before it.
pub fn write_json(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    value.serialize(Json { out })
}

/// One value to write.
struct Json<'o> {
    out: &'o mut Vec<u8>,
}

/// An object or a list whose entries are being written.
struct Entries<'o> {
    out: &'o mut Vec<u8>,
    any: bool,
    end: u8,
}

impl<'o> Json<'o> {
    fn left_to_serde_json<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        serde_json::to_writer(self.out, value)
    }

    /// Puts a text that has nothing to escape.
    #[inline]
    fn quoted(self, text: &str) {
        self.out.reserve(text.len() + 2);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    #[inline]
    fn begin(self, start: u8, end: u8) -> Result<Entries<'o>, Error> {
        self.out.push(start);
        Ok(Entries { out: self.out, any: false, end })
    }
}

impl Entries<'_> {
    #[inline]
    fn next(&mut self) -> Json<'_> {
        if self.any {
            self.out.push(b',');
        }
        self.any = true;
        Json { out: self.out }
    }

    #[inline]
    fn finish(self) -> Result<(), Error> {
        self.out.push(self.end);
        Ok(())
    }
}

/// True if nothing in the text is escaped in JSON (RFC 8259, section 7): quotes, backslashes, what is below the space.
#[inline]
fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    /// Eight bytes at once; a high bit is set for each byte below `limit` (at most 0x80).
    const fn below(word: u64, limit: u8) -> u64 {
        word.wrapping_sub(ONES * limit as u64) & !word & HIGH
    }
    let plain_word = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        below(word, 0x20) | is(b'"') | is(b'\\') == 0
    };
    let (words, rest) = text.as_chunks();
    words.iter().all(plain_word) && rest.iter().all(|b| *b >= 0x20 && *b != b'"' && *b != b'\\')
}

impl SerializeSeq for Entries<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(self.next())
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

impl SerializeStruct for Entries<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        let Json { out } = self.next();
        out.reserve(name.len() + 3);
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        value.serialize(Json { out })
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

/// Values that are written as `serde_json` does.
macro_rules! left_to_serde_json {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            self.left_to_serde_json(&value)
        })*
    };
}

/// What no record has.
fn foreign<T>() -> Result<T, Error> {
    Err(serde::ser::Error::custom(
        "a record of a document has texts, numbers, words, lists and records alone",
    ))
}

impl<'o> Serializer for Json<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Entries<'o>;
    type SerializeStruct = Entries<'o>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), Error> {
        if !is_plain(text.as_bytes()) {
            return self.left_to_serde_json(text);
        }
        self.quoted(text);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, word: &'static str) -> Result<(), Error> {
        self.quoted(word);
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Entries<'o>, Error> {
        self.begin(b'[', b']')
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'o>, Error> {
        self.begin(b'{', b'}')
    }

    left_to_serde_json! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.left_to_serde_json(&())
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.left_to_serde_json(&())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.left_to_serde_json(&())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        foreign()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        foreign()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        foreign()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        foreign()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        foreign()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        foreign()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        foreign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_serde_json_does() {
        for at in 0..20 {
            for c in (0..=0xff_u32).chain([0x7ff, 0x20ac, 0x1f331]).filter_map(char::from_u32) {
                let text: String = (0..20).map(|n| if n == at { c } else { 'x' }).collect();
                let mut ours = Vec::new();
                assert!(write_json(&mut ours, &text).is_ok());
                assert_eq!(serde_json::to_vec(&text).ok(), Some(ours), "{text:?}");
            }
        }
    }
}
