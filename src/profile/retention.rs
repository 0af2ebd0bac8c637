//! `[retention]` of gateway.toml: how long what is kept of whom.
//!
//! Promises: every age has a default, none is shorter than a day, and what explains a message is kept at least as long as the message.
//! What is still owed stays whatever its age; that is the ledger's to know.

use super::document::{Document, steps};
use super::duration::Span;
use super::problem::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

/// How long things are kept. What is still owed is kept until it is done.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// The bytes that came and left, attachments and receipts.
    pub payloads: Span,
    /// The canonical documents, as our systems got them.
    pub documents: Span,
    /// What is known of messages and documents: their rows, states, findings, tries and history.
    pub history: Span,
    /// Who did what.
    pub audit: Span,
    /// Test documents, with all that is known of them.
    pub test: Span,
    /// Messages of strangers, and what could not be opened.
    pub junk: Span,
    /// Numbers and keys by which a repetition is known.
    pub keys: Span,
}

const DAY: u64 = 86_400;

impl Default for Retention {
    fn default() -> Self {
        let days = |days| Span::seconds(days * DAY);
        Retention {
            payloads: days(400),
            documents: days(400),
            history: days(1100),
            audit: days(3660),
            test: days(30),
            junk: days(30),
            keys: days(400),
        }
    }
}

/// No age is a slip of the pen, and none cuts the ground from under another.
pub(super) fn check(document: &Document, retention: &Retention, problems: &mut Vec<Problem>) {
    let Retention { payloads, documents, history, audit, test, junk, keys } = retention;
    let all = [
        ("payloads", payloads),
        ("documents", documents),
        ("history", history),
        ("audit", audit),
        ("test", test),
        ("junk", junk),
        ("keys", keys),
    ];
    for (name, age) in all {
        if *age < Span::seconds(DAY) {
            let problem =
                document.problem(&steps!["retention", name], format!("{age} is shorter than a day"));
            problems.push(problem.help("write at least \"1d\""));
        }
        if name != "history" && name != "audit" && age > history {
            let problem = document.problem(
                &steps!["retention", name],
                format!("`{name}` is kept longer than `history` ({history}), which says what it is"),
            );
            problems.push(problem.help(format!("write history = \"{age}\" or longer")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Folder, assert_problem};

    #[test]
    fn ages_are_days_and_what_explains_a_message_outlives_it() {
        let gateway = "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n[retention]\nhistory = \"90d\"\naudit = \"1d\"\njunk = \"2h\"\n";
        let problems = Folder::new(gateway, &[]).problems();
        assert_problem(&problems, "gateway.toml:", "2h is shorter than a day", "write at least \"1d\"");
        let long = "`payloads` is kept longer than `history` (90d)";
        assert_problem(&problems, "gateway.toml:", long, "write history = \"400d\" or longer");
        let shorter =
            gateway.replace("junk = \"2h\"", "payloads = \"90d\"\ndocuments = \"30d\"\nkeys = \"90d\"");
        let problems = Folder::new(&shorter, &[]).problems();
        assert!(problems.iter().all(|p| !p.contains("kept") && !p.contains("a day")), "{problems:?}");
    }
}
