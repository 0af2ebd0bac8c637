//! A code list, arranged so that asking it costs next to nothing.
//!
//! Values of one or two characters (most of them) are bits of a table, the others sorted numbers. The list in the order of
//! its file is kept beside, to be shown. No value is longer than eight characters; a longer one is never found, which the
//! test against the fact tables would show.

/// The values of one coded element.
#[derive(Debug)]
pub struct Codes {
    /// In the order of the file, to be shown.
    values: Vec<&'static str>,
    /// One bit for each value of one or two characters out of 0-9 and A-Z.
    short: [u64; SHORT / 64 + 1],
    /// All other values, packed and sorted.
    long: Vec<u64>,
}

/// Blank, ten digits, 26 letters; twice.
const SHORT: usize = 37 * 37;

impl Codes {
    pub(super) fn new(values: Vec<&'static str>) -> Codes {
        let mut codes = Codes { values, short: [0; SHORT / 64 + 1], long: Vec::new() };
        for value in &codes.values {
            match short(value.as_bytes()) {
                Some(bit) => codes.short[bit / 64] |= 1 << (bit % 64),
                None => codes.long.extend(packed(value.as_bytes())),
            }
        }
        codes.long.sort_unstable();
        codes
    }

    pub fn contains(&self, value: &[u8]) -> bool {
        match short(value) {
            Some(bit) => self.short[bit / 64] >> (bit % 64) & 1 == 1,
            None => packed(value).is_some_and(|value| self.long.binary_search(&value).is_ok()),
        }
    }

    /// All values, in the order of the file.
    pub fn values(&self) -> &[&'static str] {
        &self.values
    }
}

fn short(value: &[u8]) -> Option<usize> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(usize::from(b - b'0') + 1),
        b'A'..=b'Z' => Some(usize::from(b - b'A') + 11),
        _ => None,
    };
    match *value {
        [a] => digit(a),
        [a, b] => Some(digit(a)? * 37 + digit(b)?),
        _ => None,
    }
}

/// Up to eight bytes as a number; no listed code is longer.
fn packed(value: &[u8]) -> Option<u64> {
    (value.len() <= 8).then(|| value.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_and_no_other_is_contained() {
        let codes = Codes::new(vec!["1", "ZZ", "0A", "A", "A123", "ZZZ", "a", "X-1"]);
        assert!(codes.values().iter().all(|v| codes.contains(v.as_bytes())));
        assert!(
            ["", "2", "Z", "0", "01", "AA", "A12", "ZZZZ", "zz", "ABCDEFGHIJ", "1 "]
                .iter()
                .all(|v| !codes.contains(v.as_bytes()))
        );
    }
}
