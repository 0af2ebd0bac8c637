//! `portway doc show PO:4500123`: an order's thread, from its first order to its invoice, and whose move it is.
//!
//! A line an event, in order of time, with the time since the one before. `-->` and `<--` is what goes between us and partners, `==>` and
//! `<==` what goes between the gateway and our systems. At the end what is open, and one sentence that says who must act.
//! `--json` is one object a thread. Exit: 5 where nothing names such an order.

use super::output::shown;
use crate::ledger::conversation::{Happening, Open};
use crate::ledger::{Error, Ledger};
use crate::profile::Configuration;
use serde::Serialize;
use serde_json::json;

/// Somebody's move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// `ours`, `theirs`.
    pub whose: &'static str,
    pub partner: String,
    pub what: String,
    pub due_at: Option<String>,
    pub overdue: bool,
}

/// The number of the order that a reference asks the thread of.
pub fn order(reference: &str) -> Option<&str> {
    let (kind, number) = reference.split_once(':')?;
    (kind.eq_ignore_ascii_case("PO") && !number.is_empty()).then_some(number)
}

pub async fn show(
    ledger: &Ledger,
    configuration: &Configuration,
    number: &str,
    as_json: bool,
) -> Result<(), Error> {
    let partners: Vec<&str> = configuration.partners.keys().map(String::as_str).collect();
    let threads = ledger.threads_of_order(number, &partners).await?;
    if threads.is_empty() {
        return Err(Error::NotFound(format!("an order {number}, or a document that names it")));
    }
    for thread in threads {
        let happened = ledger.conversation(thread).await?;
        let open = ledger.open_in_thread(thread).await?;
        let moves: Vec<Move> = open.iter().map(a_move).collect();
        let sentence = sentence(&moves);
        if as_json {
            let events: Vec<_> = with_durations(&happened)
                .map(|(event, since)| {
                    let mut event = serde_json::to_value(event).unwrap_or_default();
                    event["since_ms"] = json!(since);
                    event
                })
                .collect();
            let all = json!({ "order": number, "thread": thread, "timeline": events, "open": open, "moves": moves,
                "move": sentence });
            anstream::println!("{all}");
            continue;
        }
        anstream::println!("order {}  thread {thread}", shown(number));
        for (event, since) in with_durations(&happened) {
            anstream::println!("{}", line(event, since));
        }
        for one in &moves {
            let due = one.due_at.as_ref().map(|due| format!(", due {}", minute(due))).unwrap_or_default();
            let whose = if one.whose == "ours" { "we owe" } else { "they owe" };
            anstream::println!("  {whose}: {}{due}", shown(&one.what));
        }
        anstream::println!("{}\n", shown(&sentence));
    }
    Ok(())
}

fn with_durations(all: &[Happening]) -> impl Iterator<Item = (&Happening, Option<i64>)> {
    let before = std::iter::once(None).chain(all.iter().map(|event| Some(event.ms)));
    all.iter().zip(before).map(|(event, before)| (event, before.map(|before| event.ms - before)))
}

fn line(event: &Happening, since: Option<i64>) -> String {
    let arrow = match event.way.as_str() {
        "from_partner" => "<--",
        "to_partner" => "-->",
        "from_us" => "<==",
        "to_us" => "==>",
        _ => " * ",
    };
    let since = since.map_or_else(String::new, |ms| format!("+{}", span(ms)));
    let mut what = event.what.clone();
    if let Some(number) = &event.number {
        what += &format!(" {number}");
    }
    let mut text = format!(
        "  {}  {since:>8}  {arrow} {:<14} {:<22} {}",
        event.at,
        shown(&event.who),
        shown(&what),
        event.state
    );
    for more in [&event.control, &event.detail].into_iter().flatten() {
        text += &format!("  {}", shown(more));
    }
    text
}

/// `850ms`, `12s`, `3m 5s`, `2h 4m`, `3d 1h`.
fn span(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms}ms"),
        1..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// `2026-11-05 10:00` of an instant.
fn minute(instant: &str) -> String {
    instant.get(..16).map_or_else(|| instant.to_owned(), |text| text.replace('T', " "))
}

fn a_move(open: &Open) -> Move {
    let document = match &open.number {
        Some(number) => format!("{} {number}", open.code),
        None => open.code.clone(),
    };
    let what = open.what.as_deref().unwrap_or_default();
    let reason = open.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let (whose, text) = match open.kind.as_str() {
        "answer" => ("theirs", format!("{what} for our {document}")),
        "ours" => ("ours", format!("{what} for their {document}")),
        "waiting" => ("ours", format!("{document} waits to leave with others")),
        "held" => ("ours", format!("{document} {}{reason}", open.state)),
        "rejected_theirs" => ("theirs", format!("a mended {document}: we rejected it{reason}")),
        "rejected_ours" => ("ours", format!("{document} was rejected ({what})")),
        _ if open.outbox => ("theirs", format!("fetch our {document}")),
        _ if matches!(open.state.as_str(), "dead" | "held") => {
            ("ours", format!("{document} to {what} is {}{reason}", open.state))
        }
        _ => ("ours", format!("{document} is on its way to {what} ({})", open.state)),
    };
    Move {
        whose,
        partner: open.partner.clone(),
        what: text,
        due_at: open.due_at.clone(),
        overdue: open.state == "overdue",
    }
}

/// Ours come first: nobody else will do them. Of theirs the one that is due first.
fn sentence(moves: &[Move]) -> String {
    let Some(first) = moves.iter().find(|m| m.whose == "ours").or_else(|| moves.first()) else {
        return "Nobody's move: all is answered".to_owned();
    };
    let due = match (&first.due_at, first.overdue) {
        (Some(due), true) => format!(", overdue since {}", minute(due)),
        (Some(due), false) => format!(", due {}", minute(due)),
        (None, _) => String::new(),
    };
    match first.whose {
        "ours" => format!("Our move: {}{due}", first.what),
        _ => format!("Their move ({}): {}{due}", first.partner, first.what),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn theirs(what: &str, due: &str) -> Move {
        Move {
            whose: "theirs",
            partner: "acme".into(),
            what: what.into(),
            due_at: Some(due.into()),
            overdue: false,
        }
    }

    #[test]
    fn one_sentence_says_whose_move_it_is() {
        assert_eq!(sentence(&[]), "Nobody's move: all is answered");
        let first = theirs("997 for our 855 77", "2026-11-05T10:00:00.000Z");
        let said = "Their move (acme): 997 for our 855 77, due 2026-11-05 10:00";
        assert_eq!(sentence(&[first.clone(), theirs("x", "2026-12-01T10:00:00.000Z")]), said);
        let ours =
            Move { whose: "ours", what: "856 77 held (not_expected)".into(), due_at: None, ..first.clone() };
        assert_eq!(sentence(&[first, ours]), "Our move: 856 77 held (not_expected)");
    }

    #[test]
    fn durations_are_read_at_a_glance() {
        let all = [850, 12_000, 185_000, 7_440_000, 263_000_000].map(span);
        assert_eq!(all, ["850ms", "12s", "3m 5s", "2h 4m", "3d 1h"]);
    }

    #[test]
    fn only_an_order_has_a_thread() {
        assert_eq!(
            (order("PO:77"), order("850:77"), order("77"), order("po:")),
            (Some("77"), None, None, None)
        );
    }
}
