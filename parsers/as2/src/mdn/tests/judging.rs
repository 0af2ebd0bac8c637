//! What a received MDN means for the message that it answers.
use super::*;

fn received(disposition: &str, mic: Option<Mic>, signed: Signed) -> Received {
    let mdn = Mdn {
        original_message_id: Some("1@orchard.example".to_string()),
        disposition: Disposition::read(disposition),
        mic,
        ..answer(Disposition::processed())
    };
    Received { mdn, signed, notes: Vec::new() }
}

fn good() -> Signed {
    let digest = Digest::Sha256;
    let scheme = crate::algorithm::Scheme::Pkcs1;
    Signed::Yes(Signature { signer: 0, digest, scheme, signing_time: None, notes: Vec::new() })
}

const ID: &str = "<1@orchard.example>";

fn ours() -> [Mic; 1] {
    [mic(Digest::Sha256, 7)]
}

fn expected(mics: &[Mic]) -> Expected<'_> {
    Expected { message_id: ID, mics, signature_required: true, repeated: false }
}

#[test]
fn the_right_mic_by_the_right_signer_is_accepted() {
    let right = Some(mic(Digest::Sha256, 7));
    assert_eq!(judge(&received("processed", right, good()), &expected(&ours())), Verdict::Accepted);
}

#[test]
fn mics_are_compared_not_believed() {
    let of = |theirs| judge(&received("processed", theirs, good()), &expected(&ours()));
    let wrong = mic(Digest::Sha256, 8);
    assert_eq!(of(Some(wrong.clone())), Verdict::WrongMic(wrong.clone()));
    assert_eq!(of(Some(mic(Digest::Sha1, 7))), Verdict::NoMic);
    assert_eq!(of(None), Verdict::NoMic);
    // Without a MIC of ours (no receipt with one was asked for) there is nothing to compare.
    assert_eq!(judge(&received("processed", None, good()), &expected(&[])), Verdict::Accepted);
    let warned = received("processed/warning: late", Some(wrong.clone()), good());
    assert_eq!(judge(&warned, &expected(&ours())), Verdict::WrongMic(wrong));
}

#[test]
fn a_bad_signature_counts_for_nothing() {
    let bad = SignatureError::Bad;
    for disposition in ["processed", "processed/error: decryption-failed", "failed"] {
        let received = received(disposition, Some(mic(Digest::Sha256, 7)), Signed::Bad(bad.clone()));
        let tolerant = Expected { signature_required: false, ..expected(&[]) };
        assert_eq!(judge(&received, &tolerant), Verdict::BadSignature(bad.clone()));
    }
}

#[test]
fn unsigned_where_signed_is_required_says_what_it_would_be() {
    let right = Some(mic(Digest::Sha256, 7));
    let plain = received("processed", right.clone(), Signed::No);
    assert_eq!(judge(&plain, &expected(&ours())), Verdict::Unsigned(Box::new(Verdict::Accepted)));
    let tolerant = ours();
    let tolerant = Expected { signature_required: false, ..expected(&tolerant) };
    assert_eq!(judge(&plain, &tolerant), Verdict::Accepted);
    let refused = received("failed/failure: unsupported format", None, Signed::No);
    let inner = Verdict::Rejected(Disposition::of(Condition::UnsupportedFormat));
    assert_eq!(judge(&refused, &expected(&ours())), Verdict::Unsigned(Box::new(inner)));
}

#[test]
fn every_error_and_failure_rejects() {
    for condition in Condition::ALL {
        let disposition = Disposition::of(condition.clone());
        let verdict = judge(&received(&disposition.to_string(), None, good()), &expected(&[]));
        let wanted = match condition.severity() {
            Severity::Warning => Verdict::Warning(disposition),
            _ => Verdict::Rejected(disposition),
        };
        assert_eq!(verdict, wanted);
    }
    for disposition in ["failed", "displayed", "processed/error: on fire", "", "processed/who knows"] {
        let verdict = judge(&received(disposition, None, good()), &expected(&[]));
        assert!(matches!(verdict, Verdict::Rejected(_)), "{disposition}: {verdict:?}");
    }
}

#[test]
fn a_duplicate_closes_only_what_was_repeated() {
    for disposition in ["processed/warning: duplicate-document", "processed/error: Duplicate-Document"] {
        let ours = ours();
        let repeated = Expected { repeated: true, ..expected(&ours) };
        for theirs in [None, Some(mic(Digest::Sha256, 7))] {
            assert_eq!(judge(&received(disposition, theirs, good()), &repeated), Verdict::AcceptedDuplicate);
        }
        // Another document under our Message-ID: nothing of ours was taken.
        let wrong = mic(Digest::Sha256, 8);
        let verdict = judge(&received(disposition, Some(wrong.clone()), good()), &repeated);
        assert_eq!(verdict, Verdict::WrongMic(wrong));
    }
    let warned = received("processed/warning: duplicate-document", Some(mic(Digest::Sha256, 7)), good());
    let verdict = judge(&warned, &expected(&ours()));
    assert_eq!(verdict, Verdict::Warning(Disposition::of(Condition::DuplicateDocument)));
}

#[test]
fn a_receipt_for_another_message_is_none_for_this() {
    let other = Expected { message_id: "<2@orchard.example>", ..expected(&[]) };
    let received = received("processed", None, good());
    assert_eq!(judge(&received, &other), Verdict::OtherMessage(Some("1@orchard.example".to_string())));
    let mut none = received;
    none.mdn.original_message_id = None;
    assert_eq!(judge(&none, &expected(&[])), Verdict::OtherMessage(None));
}

#[test]
fn whose_move_it_is() {
    assert!(Condition::UnknownTradingPartner.is_receivers_move());
    assert!(!Condition::DecryptionFailed.is_receivers_move());
}
