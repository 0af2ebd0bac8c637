//! Which order threads a document belongs to: one for each order it names, its own being the first's.
//!
//! Between buyer and seller the thread is derived from the partner and the order's number, so nothing is looked up, and an order that
//! comes after its ship notice joins it by itself. What goes to or comes from a third party (a warehouse order for a customer's order)
//! joins the order where exactly one partner has placed one of that number; before it has come, it is in a thread of its own partner,
//! and the order takes it in later; of two that come at once, one waits for the other's commit. A document that names no order joins the documents it answers. Fails with the ledger.

use crate::ledger::answers::Numbered;
use crate::ledger::process::Process;
use crate::ledger::thread::Known;
use crate::ledger::{self, id};
use portway_documents::{Document, DocumentKind};
use uuid::Uuid;

/// Orders that one document joins the threads of.
const MOST: usize = 500;

/// Where a document belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Threads {
    pub first: Uuid,
    pub further: Vec<Uuid>,
    /// Orders that nobody has placed yet.
    pub unplaced: Vec<String>,
}

/// A document whose threads are asked for.
pub(super) struct Asked<'a> {
    pub set: Uuid,
    pub partner: &'a str,
    /// What it is called: `purchase-order`, `x12-830`.
    pub name: &'a str,
    pub number: Option<&'a str>,
    pub document: Option<&'a Document>,
}

/// What a document names.
struct Named {
    orders: Vec<String>,
    answers: Vec<Numbered>,
    third: bool,
}

/// The threads of each, in their order; two statements at most for all of them.
pub(super) async fn of(tx: &mut Process<'_>, all: &[Asked<'_>]) -> Result<Vec<Threads>, ledger::Error> {
    let named: Vec<Named> = all.iter().map(named).collect();
    let orders: Vec<&str> =
        named.iter().filter(|n| n.third).flat_map(|n| n.orders.iter().map(String::as_str)).collect();
    let placed: Vec<&str> = all
        .iter()
        .filter(|asked| asked.name == DocumentKind::PurchaseOrder.name())
        .filter_map(|asked| asked.number)
        .collect();
    tx.meet(&placed, &orders).await?;
    let answers: Vec<Numbered> =
        named.iter().filter(|n| n.orders.is_empty()).flat_map(|n| n.answers.iter().cloned()).collect();
    let known = match orders.is_empty() && answers.is_empty() {
        true => Vec::new(),
        false => tx.known_threads(&orders, &answers).await?,
    };
    Ok(all.iter().zip(&named).map(|(asked, named)| threads(asked, named, &known)).collect())
}

fn named(asked: &Asked<'_>) -> Named {
    let Some(document) = asked.document else {
        return Named { orders: Vec::new(), answers: Vec::new(), third: false };
    };
    let mut orders: Vec<String> = Vec::new();
    for order in document.orders() {
        let number = order.number.trim().to_owned();
        if !number.is_empty() && !orders.contains(&number) && orders.len() < MOST {
            orders.push(number);
        }
    }
    let answers = document.answers().into_iter().take(MOST);
    let answers =
        answers.map(|a| Numbered { document: a.kind.name().to_owned(), number: a.number.trim().to_owned() });
    Named { orders, answers: answers.collect(), third: by_third_parties(document.kind()) }
}

/// Kinds that also go between others than the one who ordered and the one who sells.
fn by_third_parties(kind: DocumentKind) -> bool {
    use DocumentKind as K;
    !matches!(
        kind,
        K::PurchaseOrder
            | K::OrderResponse
            | K::OrderChange
            | K::OrderChangeResponse
            | K::Invoice
            | K::CreditNote
            | K::RemittanceAdvice
            | K::ApplicationAdvice
            | K::PriceCatalog
    )
}

fn threads(asked: &Asked<'_>, named: &Named, known: &[Known]) -> Threads {
    let mut list: Vec<Uuid> = Vec::new();
    let mut unplaced = Vec::new();
    for number in &named.orders {
        let own = id::thread(asked.partner, number);
        let placed: Vec<&Known> = known
            .iter()
            .filter(|k| k.document == DocumentKind::PurchaseOrder.name() && k.number == *number)
            .collect();
        let theirs = placed.iter().any(|k| k.partner == asked.partner);
        match placed.as_slice() {
            [one] if named.third && !theirs => list.push(one.thread),
            [] if named.third => {
                unplaced.push(number.clone());
                list.push(own);
            }
            _ => list.push(own),
        }
    }
    if named.orders.is_empty() {
        for answered in &named.answers {
            let same = |k: &&Known| {
                k.partner == asked.partner && k.document == answered.document && k.number == answered.number
            };
            list.extend(known.iter().filter(same).map(|k| k.thread));
        }
    }
    if list.is_empty() {
        // About no order: later ones of its number are with it, and no order of that number.
        let number = asked.number.map(str::trim).filter(|number| !number.is_empty());
        let order = asked.name == DocumentKind::PurchaseOrder.name();
        list.push(match number {
            Some(number) if order => id::thread(asked.partner, number),
            Some(number) => id::thread(asked.partner, &format!("{}:{number}", asked.name)),
            None => asked.set,
        });
    }
    let first = list[0];
    let mut further: Vec<Uuid> = Vec::new();
    for thread in list {
        if thread != first && !further.contains(&thread) {
            further.push(thread);
        }
    }
    Threads { first, further, unplaced }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn order(partner: &str) -> Known {
        Known {
            partner: partner.into(),
            document: "purchase-order".into(),
            number: "77".into(),
            thread: id::thread(partner, "77"),
        }
    }

    fn check(third: bool, known: &[Known], of: &str, unplaced: bool) {
        let asked = Asked {
            set: Uuid::nil(),
            partner: "dock",
            name: "warehouse-shipping-order",
            number: Some("D-1"),
            document: None,
        };
        let named = Named { orders: vec!["77".into()], answers: Vec::new(), third };
        let threads = threads(&asked, &named, known);
        assert_eq!(threads.first, id::thread(of, "77"));
        assert_eq!(!threads.unplaced.is_empty(), unplaced);
    }

    #[test]
    fn a_third_party_joins_the_one_order_of_that_number_and_no_other() {
        check(true, &[order("acme")], "acme", false);
        check(true, &[order("acme"), order("bolt")], "dock", false);
        check(true, &[order("acme"), order("dock")], "dock", false);
        check(true, &[], "dock", true);
        check(false, &[order("acme")], "dock", false);
    }
}
