//! Characters of a file: UTF-8 (with or without a mark at its start) or ISO 8859-1.

use crate::map::Encoding;
use std::borrow::Cow;

/// The text, or the line (from 1) of the first byte that is none.
pub(crate) fn decode(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, u64> {
    match encoding {
        Encoding::Utf8 => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let line = |end: usize| 1 + bytes[..end].iter().filter(|b| **b == b'\n').count() as u64;
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| line(error.valid_up_to()))
        }
        // Each byte is the character of its number.
        Encoding::Latin1 => Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect())),
    }
}

/// The bytes, or the first character that the encoding lacks.
pub(crate) fn encode(text: String, encoding: Encoding) -> Result<Vec<u8>, char> {
    match encoding {
        Encoding::Utf8 => Ok(text.into_bytes()),
        Encoding::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| c)).collect(),
    }
}
