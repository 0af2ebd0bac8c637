//! What this process counts: messages that came, tries, documents handed over, the time until an answer.
//!
//! Promises: every name is here, with its unit and its words, and a label's values come from the configuration or a closed list.
//! Nothing is kept where no door for metrics is open: the calls then go nowhere. It cannot fail.

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

pub const RECEIVED: &str = "portway_messages_received_total";
pub const ATTEMPTS: &str = "portway_attempts_total";
pub const DELIVERED: &str = "portway_documents_delivered_total";
pub const FAILED: &str = "portway_documents_failed_total";
pub const ANSWERED: &str = "portway_acknowledgement_delay_seconds";

/// Upper bounds of the time until an answer, in seconds: a receipt comes in moments, a 997 in minutes or by the next night.
pub const DELAYS: [f64; 14] = [
    0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 28_800.0, 86_400.0, 172_800.0, 604_800.0,
];

/// How a message was answered at the door.
pub const VERDICTS: [&str; 5] = ["accepted", "repeated", "refused", "quarantined", "failed"];
/// What one try came to.
pub const OUTCOMES: [&str; 4] = ["delivered", "deferred", "uncertain", "refused"];
/// How a document ends that is not delivered.
pub const ENDS: [&str; 2] = ["dead", "held"];
/// The answers that most partners give.
pub const KINDS: [&str; 5] = ["MDN", "TA1", "997", "999", "CONTRL"];
/// What partners come by.
pub const TRANSPORTS: [&str; 5] = ["as2", "https", "sftp", "sftp_client", "directory"];

/// Says what each of them is; once, after the recorder is in place.
pub fn describe() {
    describe_counter!(
        RECEIVED,
        Unit::Count,
        "Messages that partners brought, by transport and verdict at the door (accepted, repeated, refused, quarantined, failed)"
    );
    describe_counter!(
        ATTEMPTS,
        Unit::Count,
        "Tries to hand something over, by lane (endpoint or partner) and outcome"
    );
    describe_counter!(DELIVERED, Unit::Count, "Documents that an endpoint of ours has taken");
    describe_counter!(
        FAILED,
        Unit::Count,
        "Documents that an endpoint did not take and that are not tried again by themselves (dead, held)"
    );
    describe_histogram!(
        ANSWERED,
        Unit::Seconds,
        "Seconds from the hand-over of a message of ours to the partner's answer, by its kind"
    );
    for transport in TRANSPORTS {
        for verdict in VERDICTS {
            counter!(RECEIVED, "transport" => transport, "verdict" => verdict).absolute(0);
        }
    }
    for kind in KINDS {
        // Registering it is enough for it to be seen, at nought.
        let _ = histogram!(ANSWERED, "kind" => kind);
    }
}

/// Series of an endpoint, from nought on: a rate needs to see it before the first failure.
pub fn begin_endpoint(name: &str) {
    counter!(DELIVERED, "endpoint" => name.to_owned()).increment(0);
    for end in ENDS {
        counter!(FAILED, "endpoint" => name.to_owned(), "state" => end).increment(0);
    }
}

/// Series of a lane, `endpoint:erp`, `partner:acme`.
pub fn begin_lane(lane: &str) {
    for outcome in OUTCOMES {
        counter!(ATTEMPTS, "lane" => lane.to_owned(), "outcome" => outcome).increment(0);
    }
}

/// A message came, and was answered so.
pub fn received(transport: &'static str, verdict: &'static str) {
    counter!(RECEIVED, "transport" => transport, "verdict" => verdict).increment(1);
}

/// A try of a lane's delivery is written down.
pub fn tried(lane: &str, outcome: &'static str) {
    counter!(ATTEMPTS, "lane" => lane.to_owned(), "outcome" => outcome).increment(1);
}

/// An endpoint has taken so many documents.
pub fn delivered(endpoint: &str, many: u64) {
    counter!(DELIVERED, "endpoint" => endpoint.to_owned()).increment(many);
}

/// A document for an endpoint is given up (`dead`) or waits for a person (`held`).
pub fn failed(endpoint: &str, state: &'static str) {
    counter!(FAILED, "endpoint" => endpoint.to_owned(), "state" => state).increment(1);
}

/// An answer settled what was expected, so long after the hand-over.
pub fn answered(kind: &str, seconds: f64) {
    histogram!(ANSWERED, "kind" => kind.to_owned()).record(seconds.max(0.0));
}
