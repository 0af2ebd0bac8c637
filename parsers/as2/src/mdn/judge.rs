//! What a received MDN means for the message that it answers (RFC 4130 sections 7.4.3, 7.5).
//!
//! Promises: nothing of a receipt whose signature is bad counts; no message is accepted by a receipt for another one, by one with
//! another MIC, or by a disposition that is not understood.

use super::{Condition, Disposition, Mic, Received, Signed};
use crate::cms::SignatureError;
use crate::header::same_message_id;

/// What we know of the message that we sent.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    pub message_id: &'a str,
    /// The MIC that we computed, in every digest that we have it in; empty where none was asked for.
    pub mics: &'a [Mic],
    /// We asked for a signed receipt and the profile insists.
    pub signature_required: bool,
    /// We have sent this message more than once.
    pub repeated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// `duplicate-document` after our own repeat: an earlier try was accepted.
    AcceptedDuplicate,
    /// Processed, with this warning. `duplicate-document` without a repeat of ours: somebody else used our Message-ID.
    Warning(Disposition),
    /// Not taken; [`Condition::is_receivers_move`] says who has to do something.
    Rejected(Disposition),
    /// They received other bytes than we sent; this is the MIC of theirs.
    WrongMic(Mic),
    /// Processed, but without a MIC, or with one of a digest that we did not compute: no proof of what they have.
    NoMic,
    /// No signature where one is required; inside, what it would mean with one. For the profile to say whether that counts.
    Unsigned(Box<Verdict>),
    /// Nothing that it says counts.
    BadSignature(SignatureError),
    /// It names another message, or none.
    OtherMessage(Option<String>),
}

pub fn judge(received: &Received, expected: &Expected<'_>) -> Verdict {
    match &received.signed {
        Signed::Bad(error) => Verdict::BadSignature(error.clone()),
        Signed::No if expected.signature_required => Verdict::Unsigned(Box::new(content(received, expected))),
        Signed::No | Signed::Yes(_) => content(received, expected),
    }
}

fn content(received: &Received, expected: &Expected<'_>) -> Verdict {
    let mdn = &received.mdn;
    match &mdn.original_message_id {
        Some(id) if same_message_id(id, expected.message_id) => {}
        id => return Verdict::OtherMessage(id.clone()),
    }
    // Some say error where the RFC's example says warning.
    let duplicate = mdn.disposition.condition() == Some(&Condition::DuplicateDocument);
    let accepted_before = duplicate && expected.repeated;
    if !mdn.disposition.is_processed() && !accepted_before {
        return Verdict::Rejected(mdn.disposition.clone());
    }
    match &mdn.mic {
        Some(theirs) => match expected.mics.iter().find(|ours| ours.digest == theirs.digest) {
            Some(ours) if ours == theirs => {}
            Some(_) => return Verdict::WrongMic(theirs.clone()),
            None if expected.mics.is_empty() => {}
            None => return Verdict::NoMic,
        },
        // A duplicate is often answered without looking into it.
        None if accepted_before || expected.mics.is_empty() => {}
        None => return Verdict::NoMic,
    }
    match () {
        () if accepted_before => Verdict::AcceptedDuplicate,
        () if mdn.disposition.modifier.is_some() => Verdict::Warning(mdn.disposition.clone()),
        () => Verdict::Accepted,
    }
}
