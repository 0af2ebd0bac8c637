//! Facts of the cases that change an order and that answer a change (860, ORDCHG, 865, ORDRSP), asserted by hand from the inputs.
//!
//! Fails with the value that is wrong.

use crate::sets::{case, set, usual_version, written};
use portway_documents::heading::Purpose;
use portway_documents::line::{LineChange, LineStatus};
use portway_documents::order_response::ResponseStatus;
use portway_documents::purchase_order::OrderKind;
use portway_documents::{Document, DocumentKind, OrderChange, OrderChangeResponse};
use portway_edi::Standard;

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for (kind, names) in [
        (
            "order-change",
            ["every-kind-of-change", "cancel-order", "ordchg-d96a-supplier", "ordchg-d01b-replace"],
        ),
        (
            "order-change-response",
            ["changes-answered", "seller-changes", "ordrsp-d96a-change", "ordrsp-d01b-cancelled"],
        ),
    ] {
        for name in names {
            let case = case(kind, name);
            let faults: Vec<_> =
                case.faults.iter().map(|f| (f.place.position, f.place.element, &f.message)).collect();
            assert!(faults.is_empty(), "{name}: {faults:#?}");
            assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
            assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
        }
    }
}

fn change(name: &str) -> Box<OrderChange> {
    let Document::OrderChange(change) = case("order-change", name).document else {
        panic!("no change of an order")
    };
    change
}

fn answer(name: &str) -> Box<OrderChangeResponse> {
    let Document::OrderChangeResponse(answer) = case("order-change-response", name).document else {
        panic!("no answer to a change")
    };
    answer
}

/// Of a line: what becomes of how much, and the first day said with it.
fn answers(answer: &OrderChangeResponse, line: usize) -> Vec<(LineStatus, String, String)> {
    let of = answer.lines[line].acknowledgements.iter().filter(|a| a.subline_number.is_none());
    of.map(|a| {
        let quantity = a.quantity.as_ref().map(|q| q.value.to_string()).unwrap_or_default();
        let day = a.dates.first().and_then(|d| d.date).map(|d| d.0.to_string()).unwrap_or_default();
        (a.status, quantity, day)
    })
    .collect()
}

/// The segments of a case in the other standard.
fn converted(kind: DocumentKind, name: &str, to: Standard) -> Vec<String> {
    let code = kind.sets(to).next().unwrap();
    let bytes = written(&case(kind.name(), name).document, to, code, usual_version(to)).unwrap();
    assert_eq!(set(&bytes).document.kind(), kind, "{name} stays what it is");
    let end = if to == Standard::X12 { '~' } else { '\'' };
    String::from_utf8(bytes).unwrap().split(end).map(str::to_owned).collect()
}

fn has_all(segments: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(segments.iter().any(|s| s == wanted), "{wanted} is not in {segments:#?}");
    }
}

#[test]
fn a_change_names_the_order_and_itself() {
    let c = change("every-kind-of-change");
    assert_eq!((c.number.as_str(), c.order_number.as_deref()), ("4500123", Some("4500123")));
    assert_eq!((c.change_number.as_deref(), c.release_number.as_deref()), (Some("2"), Some("R7")));
    assert_eq!((c.purpose, c.kind), (Purpose::Change, Some(OrderKind::StandAlone)));
    assert_eq!(c.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(c.change_date.unwrap().0.to_string(), "2026-11-06");
    assert_eq!(c.response_date.unwrap().0.to_string(), "2026-11-07");
    assert_eq!(
        (c.request_number.as_deref(), c.contract_number.as_deref()),
        (Some("Q-88"), Some("C-2026-17"))
    );
    assert_eq!(c.acknowledgement_code.as_deref(), Some("AC"));
    assert_eq!(c.purchase_category_code.as_deref(), Some("RE"));
    assert_eq!(c.percentages[0].percent.unwrap().to_string(), "2.5");
    assert_eq!(c.amounts[0].money.as_ref().unwrap().amount.to_string(), "11020.5");
    assert_eq!(c.industry_codes[0].agency_code.as_deref(), Some("VI"));
    assert_eq!(c.industry_codes[0].code.as_deref(), Some("CHG"));

    let supplier = change("ordchg-d96a-supplier");
    assert_eq!(
        (supplier.number.as_str(), supplier.order_number.as_deref()),
        ("AE-0042", Some("B-2026-1187"))
    );
    assert_eq!(supplier.kind, Some(OrderKind::Change));
    assert_eq!(supplier.change_date.unwrap().0.to_string(), "2026-11-04");
    assert_eq!(supplier.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(change("ordchg-d01b-replace").purpose, Purpose::Replacement);
    assert_eq!(change("cancel-order").purpose, Purpose::Cancellation);
}

#[test]
fn each_line_says_what_changes() {
    use LineChange as C;
    let of = |c: &OrderChange| -> Vec<LineChange> { c.lines.iter().map(|l| l.change).collect() };
    let c = change("every-kind-of-change");
    assert_eq!(
        of(&c),
        [C::QuantityIncreased, C::QuantityDecreased, C::PriceChanged, C::Rescheduled, C::Deleted, C::Added]
    );
    let line = &c.lines[1];
    assert_eq!((line.number.as_deref(), line.change_code.as_str()), (Some("2"), "QD"));
    assert_eq!(line.quantity.as_ref().unwrap().value.to_string(), "48");
    assert_eq!(line.quantity.as_ref().unwrap().unit.as_deref(), Some("EA"));
    assert_eq!(line.quantity_left.unwrap().to_string(), "24");
    assert_eq!(c.lines[2].contract.as_ref().unwrap().number.as_deref(), Some("C-2026-17"));
    assert_eq!(c.lines[3].schedule.len(), 2);
    assert_eq!(c.lines[5].sublines[0].item.seller_number.as_deref(), Some("NW-SOCK-BLK"));
    assert_eq!(of(&change("cancel-order")), [C::Cancelled]);
    let supplier = change("ordchg-d96a-supplier");
    assert_eq!(of(&supplier), [C::Changed, C::Deleted, C::Unchanged, C::Added]);
    assert_eq!(supplier.lines[0].quantity_left.unwrap().to_string(), "100");
    assert_eq!(supplier.lines[2].schedule[1].quantity.value.to_string(), "40");
    assert_eq!(supplier.lines[3].sublines.len(), 1);
    assert_eq!(of(&change("ordchg-d01b-replace")), [C::Changed, C::Cancelled, C::Replaced]);
}

#[test]
fn a_change_of_one_standard_is_one_of_the_other() {
    has_all(
        &converted(DocumentKind::OrderChange, "every-kind-of-change", Standard::Edifact),
        &[
            "BGM+230+4500123+4",
            "RFF+PP:2",
            "LIN+1+3+614141007349:UP",
            "QTY+21:160:EA",
            "QTY+73:24:EA",
            "LIN+5+2+614141007387:UP",
            "LIN+9+1+614141007424:UP",
        ],
    );
    has_all(
        &converted(DocumentKind::OrderChange, "ordchg-d96a-supplier", Standard::X12),
        &[
            "BCH*04*CP*B-2026-1187**AE-0042*20261102**C-2026-17*A-700331**20261104",
            "POC*1*CA*160*100*PC*11.20**EN*4012345500011*VN*M550-25*IN*10077",
            "POC*2*DI*80*0*PC***EN*4012345500028",
        ],
    );
}

#[test]
fn an_answer_to_a_change_says_what_becomes_of_it() {
    use LineStatus as S;
    let a = answer("changes-answered");
    assert_eq!((a.status, a.change_number.as_deref()), (ResponseStatus::AcceptedWithChanges, Some("2")));
    assert_eq!(a.response_date.unwrap().0.to_string(), "2026-11-07");
    assert_eq!(a.change_date.unwrap().0.to_string(), "2026-11-06");
    assert_eq!(a.kind, Some(OrderKind::StandAlone));
    assert_eq!((a.lines[0].change, a.lines[0].change_code.as_str()), (LineChange::QuantityIncreased, "QI"));
    assert_eq!(
        answers(&a, 0),
        [
            (S::Accepted, "150".into(), "2026-11-20".into()),
            (S::Backordered, "10".into(), "2026-12-11".into())
        ]
    );
    assert_eq!(a.lines[1].lead_times[0].quantities[0].quantity.as_ref().unwrap().value.to_string(), "48");
    assert_eq!(answers(&a, 2), [(S::Rejected, "60".into(), String::new())]);
    assert_eq!((a.lines[3].change, a.lines[3].status), (LineChange::Deleted, Some(S::Rejected)));
    assert_eq!(a.lines[4].acknowledgements[0].subline_number.as_deref(), Some("1"));
    let seller = answer("seller-changes");
    assert_eq!(answers(&seller, 0), [(S::PriceChanged, "200".into(), String::new())]);
    assert_eq!(answers(&seller, 1), [(S::DateChanged, "25".into(), "2026-11-25".into())]);
}

#[test]
fn an_ordrsp_that_refers_to_a_change_answers_it() {
    use LineStatus as S;
    let a = answer("ordrsp-d96a-change");
    assert_eq!((a.number.as_str(), a.order_number.as_deref()), ("AB-55130", Some("B-2026-1187")));
    assert_eq!(a.change_number.as_deref(), Some("AE-0042"));
    assert_eq!(a.change_date.unwrap().0.to_string(), "2026-11-04");
    assert_eq!(a.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(a.lines[0].quantity_left.unwrap().to_string(), "100");
    assert_eq!(answers(&a, 0), [(S::Accepted, "160".into(), "2026-11-20".into())]);
    assert_eq!(answers(&a, 1), [(S::Rejected, "80".into(), String::new())]);
    assert_eq!(
        answers(&a, 2),
        [(S::Accepted, "70".into(), String::new()), (S::Backordered, "30".into(), String::new())]
    );
    assert_eq!(a.lines[2].change, LineChange::Changed);
    assert_eq!(answer("ordrsp-d01b-cancelled").status, ResponseStatus::Accepted);
}

#[test]
fn an_answer_to_a_change_of_one_standard_is_one_of_the_other() {
    has_all(
        &converted(DocumentKind::OrderChangeResponse, "changes-answered", Standard::Edifact),
        &["BGM+231+4500123+4+AC", "RFF+PP:2", "QTY+113:150:EA", "QTY+83:10:EA", "LIN+3+7+614141007363:UP"],
    );
    // No number of the change came: the order's refers to it.
    has_all(
        &converted(DocumentKind::OrderChangeResponse, "seller-changes", Standard::Edifact),
        &["BGM+231+MW-77120+4+AC", "RFF+PP:MW-77120", "QVR+++UP", "QVR+++DC"],
    );
    has_all(
        &converted(DocumentKind::OrderChangeResponse, "ordrsp-d96a-change", Standard::X12),
        &[
            "BCA*00*AC*B-2026-1187**AE-0042*20261102***A-700331*20261105*20261104",
            "ACK*IA*160*PC*069*20261120",
            "ACK*IR*80*PC",
            "ACK*IB*30*PC",
        ],
    );
}
