//! What is to be done with a file on a partner's server: by what is seen of it now, and what is known of it.
//!
//! No clock, no ledger, no server here: values in, values out.

use crate::ledger::poll::{FileState, KnownFile};
use crate::profile::sftp_client::After;
use jiff::{SignedDuration, Timestamp};

/// What the server forbids is tried again after this.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// Longer paths do not fit the ledger's keys.
const LONGEST_PATH: usize = 1000;

/// A file in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// On the server.
    pub path: String,
    pub name: String,
    pub size: u64,
    /// 0 where the server does not say.
    pub mtime: u64,
    /// The server knows the file by this name.
    pub usable: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub settle: SignedDuration,
    pub limit: u64,
    pub after: After,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is whole.
    Take,
    /// It may be whole after this long.
    Wait(SignedDuration),
    /// It was taken, and should not be there any more.
    Clear,
    /// Nothing to do.
    Leave,
    /// It can never be taken as it is; why, and the limit that it breaks.
    Refuse(String, Option<u64>),
}

/// `true` beside it: it has to be remembered as watched from now on.
pub fn judge(seen: &Seen, known: Option<&KnownFile>, rules: Rules, now: Timestamp) -> (Next, bool) {
    let same = known.filter(|known| (known.size, known.mtime) == (seen.size, seen.mtime));
    let Some(known) = same else {
        return if rules.settle.is_zero() {
            (whole(seen, rules), false)
        } else {
            (Next::Wait(rules.settle), true)
        };
    };
    let age = now.duration_since(known.since);
    let next = match (known.state, known.limit) {
        (FileState::Taken, _) if rules.after == After::Keep => Next::Leave,
        (FileState::Taken, _) => Next::Clear,
        (FileState::Refused, Some(limit)) if rules.limit <= limit => Next::Leave,
        (FileState::Refused, None) if age < AGAIN => Next::Leave,
        (FileState::Watched, _) if age < rules.settle => Next::Wait(rules.settle - age),
        (FileState::Refused | FileState::Watched, _) => whole(seen, rules),
    };
    (next, false)
}

fn whole(seen: &Seen, rules: Rules) -> Next {
    match () {
        // Begun, or a sign for somebody else.
        () if seen.size == 0 => Next::Leave,
        () if !seen.usable => Next::Refuse("its name is not UTF-8".into(), None),
        () if seen.path.len() > LONGEST_PATH => {
            Next::Refuse(format!("its path is longer than {LONGEST_PATH} bytes"), None)
        }
        () if seen.size > rules.limit => Next::Refuse(
            format!("it has {} bytes; the limit is {} bytes", seen.size, rules.limit),
            Some(rules.limit),
        ),
        () => Next::Take,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(size: u64, mtime: u64) -> Seen {
        Seen { path: "/out/a.edi".into(), name: "a.edi".into(), size, mtime, usable: true }
    }

    fn known(state: FileState, limit: Option<u64>) -> KnownFile {
        KnownFile { size: 10, mtime: 5, state, since: Timestamp::UNIX_EPOCH, limit }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    const RULES: Rules = Rules { settle: SignedDuration::from_secs(30), limit: 100, after: After::Delete };

    #[test]
    fn it_is_whole_when_it_stood_still_for_the_settle_time() {
        let watched = known(FileState::Watched, None);
        let judge = |seen: Seen, known, seconds| judge(&seen, known, RULES, at(seconds));
        assert_eq!(judge(seen(10, 5), None, 99), (Next::Wait(RULES.settle), true));
        let left = SignedDuration::from_secs(1);
        assert_eq!(judge(seen(10, 5), Some(&watched), 29), (Next::Wait(left), false));
        assert_eq!(judge(seen(10, 5), Some(&watched), 30), (Next::Take, false));
        for grown in [seen(11, 5), seen(10, 6)] {
            assert_eq!(judge(grown, Some(&watched), 99), (Next::Wait(RULES.settle), true));
        }
        assert_eq!(judge(seen(11, 5), Some(&known(FileState::Taken, None)), 99).0, Next::Wait(RULES.settle));
        let at_once = Rules { settle: SignedDuration::ZERO, ..RULES };
        assert_eq!(super::judge(&seen(10, 5), None, at_once, at(0)), (Next::Take, false));
    }

    #[test]
    fn what_was_taken_is_cleared_or_kept() {
        let taken = known(FileState::Taken, None);
        assert_eq!(judge(&seen(10, 5), Some(&taken), RULES, at(0)).0, Next::Clear);
        let keep = Rules { after: After::Keep, ..RULES };
        assert_eq!(judge(&seen(10, 5), Some(&taken), keep, at(0)).0, Next::Leave);
    }

    #[test]
    fn what_was_refused_waits_for_a_change_of_itself_or_of_the_limit() {
        let rules = Rules { limit: 9, ..RULES };
        let refused = known(FileState::Refused, Some(9));
        assert!(matches!(
            judge(&seen(10, 5), Some(&known(FileState::Watched, None)), rules, at(30)).0,
            Next::Refuse(_, Some(9))
        ));
        assert_eq!(judge(&seen(10, 5), Some(&refused), rules, at(99_999)).0, Next::Leave);
        assert_eq!(judge(&seen(10, 5), Some(&refused), RULES, at(0)).0, Next::Take);
        let forbidden = known(FileState::Refused, None);
        assert_eq!(judge(&seen(10, 5), Some(&forbidden), RULES, at(3599)).0, Next::Leave);
        assert_eq!(judge(&seen(10, 5), Some(&forbidden), RULES, at(3600)).0, Next::Take);
    }

    #[test]
    fn empty_files_and_names_that_cannot_be_asked_for_are_not_taken() {
        let rules = Rules { settle: SignedDuration::ZERO, ..RULES };
        assert_eq!(judge(&seen(0, 5), None, rules, at(0)).0, Next::Leave);
        let odd = Seen { usable: false, ..seen(10, 5) };
        assert!(matches!(judge(&odd, None, rules, at(0)).0, Next::Refuse(_, None)));
        let long = Seen { path: "x".repeat(1001), ..seen(10, 5) };
        assert!(matches!(judge(&long, None, rules, at(0)).0, Next::Refuse(_, None)));
    }
}
