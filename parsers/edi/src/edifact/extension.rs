//! Code extension by escape sequences (ISO 2022), as an interchange with UNOX may have it: runs of two-byte characters.
//!
//! ```text
//! ESC $ B  two bytes a character, of 21 to 7E  ESC ( B      0x27 and 0x2B among them are halves of characters
//! ```
//! No byte of an escape sequence or of such a run delimits or releases. A run is one only if it comes to its closing escape
//! sequence in whole pairs that its set knows; else it is read byte by byte as any data, so that a set left open swallows
//! nothing, and one whose writer put release characters into it is understood. Sets shifted to by SO are not looked for.

use crate::charset::Charset;
use crate::segment::Delimiters;
use memchr::memchr;

pub(super) const ESCAPE: u8 = 0x1b;

/// What begins with an escape character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    /// So many bytes that do not delimit.
    Of(usize),
    No,
    /// It cannot be told before more bytes have come.
    Unfinished,
}

/// An escape sequence, with the run of two-byte characters that it opens; `bytes` begin with the escape character.
pub(super) fn read(bytes: &[u8]) -> Extension {
    let between = bytes.iter().skip(1).take_while(|b| matches!(b, b'$' | b'('..=b'/')).count();
    match (between, bytes.get(between + 1)) {
        (0, Some(_)) | (4.., _) => return Extension::No,
        (_, None) => return Extension::Unfinished,
        (_, Some(0x30..=0x7e)) => {}
        _ => return Extension::No,
    }
    let head = between + 2;
    let double = matches!(bytes, [_, b'$', b'(' | b'@'..=b'B', ..]);
    if !double {
        return Extension::Of(head);
    }
    let body = bytes.get(head..).unwrap_or_default();
    let Some(length) = body.iter().position(|b| !matches!(b, 0x21..=0x7e | b'\r' | b'\n')) else {
        return Extension::Unfinished;
    };
    let (body, closing) = body.split_at(length);
    let whole: Vec<u8> =
        [&bytes[..head], body].concat().into_iter().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let known =
        !matches!(bytes, [_, b'$', b'@' | b'B', ..]) || !Charset::X.decode(&whole).contains('\u{fffd}');
    match closing.first() == Some(&ESCAPE) && (whole.len() - head).is_multiple_of(2) && known {
        true => Extension::Of(head + length),
        false => Extension::No,
    }
}

/// Appends the bytes with a release character before each that would delimit or release and is part of an extension.
pub(super) fn release(mut bytes: &[u8], delimiters: &Delimiters, out: &mut Vec<u8>) {
    while let Some(at) = memchr(ESCAPE, bytes) {
        let (plain, rest) = bytes.split_at(at);
        out.extend_from_slice(plain);
        let length = match read(rest) {
            Extension::Of(length) => length,
            Extension::No | Extension::Unfinished => 1,
        };
        let (extension, rest) = rest.split_at(length);
        for &byte in extension {
            if delimiters.contains(byte) || Some(byte) == delimiters.release {
                out.extend(delimiters.release);
            }
            out.push(byte);
        }
        bytes = rest;
    }
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_one_when_it_closes_in_whole_characters() {
        let cases: &[(&[u8], Extension)] = &[
            (b"\x1b$B%'%+\x1b(B'", Extension::Of(7)),
            (b"\x1b$@%'\x1b(J", Extension::Of(5)),
            (b"\x1b$B\x1b(B", Extension::Of(3)),
            (b"\x1b$B%\r\n'\x1b(B", Extension::Of(7)),
            (b"\x1b(B+", Extension::Of(3)),
            (b"\x1b$(C0!\x1b(B", Extension::Of(6)),
            (b"\x1b$+C'", Extension::Of(4)),
            // Half a character, a blank, a character that the set does not have, the end of the segment.
            (b"\x1b$B%'%\x1b(B", Extension::No),
            (b"\x1b$B%' \x1b(B", Extension::No),
            (b"\x1b$B+A\x1b(B", Extension::No),
            (b"\x1b$B%'\x00", Extension::No),
            (b"\x1b'NAD+BY'", Extension::No),
            (b"\x1bA", Extension::No),
            (b"\x1b((((B", Extension::No),
            (b"\x1b$\x80", Extension::No),
            (b"\x1b", Extension::Unfinished),
            (b"\x1b$", Extension::Unfinished),
            (b"\x1b$B%'", Extension::Unfinished),
        ];
        for (bytes, expected) in cases {
            assert_eq!(read(bytes), *expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_would_cut_within_a_run_is_released() {
        let released = |bytes| {
            let mut out = Vec::new();
            release(bytes, &Delimiters::EDIFACT, &mut out);
            out
        };
        assert_eq!(released(b"A+\x1b$B%'%?\x1b(B+B?+C"), b"A+\x1b$B%?'%??\x1b(B+B?+C");
        assert_eq!(released(b"A+\x1b$B%'%"), b"A+\x1b$B%'%");
        assert_eq!(released(b"A\x1b"), b"A\x1b");
    }
}
