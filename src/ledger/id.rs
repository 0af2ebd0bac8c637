//! Ids: UUIDv7, so that an id carries its time and the big tables can be partitioned by it.
//!
//! What a message gives rise to (interchanges, sets, deliveries, answers) gets ids *derived* from the message's id. A worker
//! that was killed in the middle and started again computes the same ids, so nothing is written or posted twice.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A new id of this instant.
pub fn new(at: Timestamp) -> Uuid {
    let ms = at.as_millisecond().max(0) as u64;
    let mut random = [0u8; 10];
    rand::fill(&mut random[..]);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

/// The id of the `ordinal`-th `part` of what `parent` names; carries the parent's time.
pub fn derive(parent: Uuid, part: &str, ordinal: u64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(parent.as_bytes());
    hash.update(part.as_bytes());
    hash.update(ordinal.to_be_bytes());
    let digest = hash.finalize();
    let mut random = [0u8; 10];
    random.copy_from_slice(&digest[..10]);
    let mut ms = [0u8; 8];
    ms[2..].copy_from_slice(&parent.as_bytes()[..6]);
    uuid::Builder::from_unix_timestamp_millis(u64::from_be_bytes(ms), &random).into_uuid()
}

/// The thread of all documents of one partner and number: the same on every node, without looking anything up.
pub fn thread(partner: &str, number: &str) -> Uuid {
    let digest = Sha256::digest(format!("{partner}\n{number}"));
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_are_stable_distinct_and_carry_the_parents_time() {
        let parent = new(Timestamp::UNIX_EPOCH + jiff::Span::new().hours(400_000));
        let a = derive(parent, "set", 1);
        assert_eq!(a, derive(parent, "set", 1));
        assert_ne!(a, derive(parent, "set", 2));
        assert_ne!(a, derive(parent, "delivery", 1));
        assert_eq!(a.as_bytes()[..6], parent.as_bytes()[..6]);
        assert_eq!(a.get_version_num(), 7);
    }
}
