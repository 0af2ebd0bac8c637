//! Which control numbers were seen, in little memory: consecutive numbers are kept as one range.
//!
//! Partners number upwards, so that a group of a million sets is usually one range. Numbers in no order take one entry
//! each. `0001` and `1` are different numbers, as ST02 is text; what is not digits is kept by its hash, which may in
//! theory take two for one.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Start of a range to its last number.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    ranges: BTreeMap<u64, u64>,
}

impl Seen {
    /// Remembers it; false if it was there already.
    pub fn insert(&mut self, control_number: &[u8]) -> bool {
        let key = key(control_number);
        let before = self.ranges.range(..=key).next_back().map(|(&from, &to)| (from, to));
        if before.is_some_and(|(_, to)| key <= to) {
            return false;
        }
        let mut from = key;
        let mut to = key;
        if let Some((start, end)) = before
            && end.checked_add(1) == Some(key)
        {
            from = start;
        }
        if let Some(end) = key.checked_add(1).and_then(|next| self.ranges.remove(&next)) {
            to = end;
        }
        self.ranges.insert(from, to);
        true
    }
}

/// Digits by their value and length (`0001` is not `1`), anything else by its hash.
fn key(control_number: &[u8]) -> u64 {
    let text = std::str::from_utf8(control_number).unwrap_or("");
    if !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return (text.len() as u64) << 40 | text.parse::<u64>().unwrap_or(0);
    }
    let mut hasher = DefaultHasher::new();
    control_number.hash(&mut hasher);
    hasher.finish() | 1 << 63
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_and_duplicates_are_told() {
        let mut seen = Seen::default();
        assert!([&b"0001"[..], b"0003", b"0002", b"1", b"A1"].iter().all(|n| seen.insert(n)));
        assert!([&b"0001"[..], b"0003", b"0002", b"1", b"A1"].iter().all(|n| !seen.insert(n)));
        assert_eq!(seen.ranges.len(), 3);
    }
}
