//! Facts of the ORDRSP cases, asserted by hand from the inputs: what becomes of the order, and of each part of each line; and what
//! an answer of one standard is in the other.
//!
//! Fails with the value that is wrong.

use crate::sets::{case, set, usual_version, written};
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::line::LineStatus;
use portway_documents::order_response::{OrderResponse, ResponseStatus};
use portway_documents::quantity::DiscrepancyKind;
use portway_documents::{Document, DocumentKind};
use portway_edi::Standard;

const SUPPLIER: &str = "ordrsp-d96a-supplier";
const SPLIT: &str = "ordrsp-d01b-split-delivery";

pub fn response(name: &str) -> Box<OrderResponse> {
    let Document::OrderResponse(response) = case("order-response", name).document else {
        panic!("no answer to an order")
    };
    response
}

/// Of a line itself: what becomes of how much, and the first day said with it.
pub fn answers(response: &OrderResponse, line: usize) -> Vec<(LineStatus, String, String)> {
    let of = response.lines[line].acknowledgements.iter().filter(|a| a.subline_number.is_none());
    of.map(|a| {
        let quantity = a.quantity.as_ref().map(|q| q.value.to_string()).unwrap_or_default();
        let day = a.dates.first().and_then(|d| d.date).map(|d| d.0.to_string()).unwrap_or_default();
        (a.status, quantity, day)
    })
    .collect()
}

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for name in [SUPPLIER, SPLIT, "ordrsp-d96a-accepted", "ordrsp-d01b-refused"] {
        let case = case("order-response", name);
        assert!(case.faults.is_empty(), "{name}: {:#?}", case.faults);
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}

#[test]
fn the_header_names_the_order_and_what_becomes_of_it() {
    let r = response(SUPPLIER);
    assert_eq!((r.number.as_str(), r.order_number.as_deref()), ("AB-55120", Some("B-2026-1187")));
    assert_eq!((r.purpose, r.purpose_code.as_str()), (Purpose::Original, "4"));
    assert_eq!((r.status, r.status_code.as_str()), (ResponseStatus::AcceptedWithChanges, "AC"));
    assert_eq!(r.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(r.response_date.unwrap().0.to_string(), "2026-11-03");
    assert_eq!(r.seller_order_number.as_deref(), Some("A-700331"));
    assert_eq!(r.contract_number.as_deref(), Some("C-2026-17"));
    assert_eq!(r.trade_conditions[0].origin_country.as_deref(), Some("DE"));
    assert_eq!(r.notes[0].lines[1], "Rückfragen an Frau Jäger");
    assert_eq!(r.parties[1].contacts[0].name.as_deref(), Some("Käthe Jäger"));
    let split = response(SPLIT);
    assert_eq!((split.version.as_deref(), split.revision.as_deref()), (Some("2"), Some("1")));
}

#[test]
fn the_function_alone_tells_too() {
    let accepted = response("ordrsp-d96a-accepted");
    assert_eq!((accepted.status, accepted.status_code.as_str()), (ResponseStatus::Accepted, "29"));
    let refused = response("ordrsp-d01b-refused");
    assert_eq!((refused.status, refused.status_code.as_str()), (ResponseStatus::Rejected, "27"));
    assert_eq!(refused.acknowledgement_code.as_deref(), Some("NA"), "4343 = NA is no answer");
}

#[test]
fn each_line_says_what_becomes_of_each_of_its_parts() {
    use LineStatus as S;
    let r = response(SUPPLIER);
    assert_eq!(answers(&r, 0), [(S::Accepted, "144".into(), "2026-11-18".into())]);
    assert_eq!(answers(&r, 1), [(S::QuantityChanged, "60".into(), "2026-11-18".into())]);
    assert_eq!(r.lines[1].quantity.as_ref().unwrap().value.to_string(), "80");
    assert_eq!(
        answers(&r, 2),
        [(S::Accepted, "60".into(), String::new()), (S::Backordered, "40".into(), String::new())]
    );
    assert_eq!(r.lines[2].status, Some(S::AcceptedWithChanges));
    assert_eq!(answers(&r, 3), [(S::Rejected, "24".into(), String::new())]);
    assert_eq!(answers(&r, 4), [(S::Substituted, "48".into(), String::new())]);
    assert_eq!(r.lines[4].acknowledgements[0].product_ids[0].id, "HF-501");
    assert_eq!(r.lines[4].item.seller_number.as_deref(), Some("HF-500"));
    assert_eq!(answers(&r, 5), [(S::PriceChanged, "12".into(), String::new())]);
    assert_eq!(answers(&r, 6), [(S::PartialBackordered, "6".into(), String::new())]);
    let differs = &r.lines[6].discrepancies[0];
    assert_eq!(differs.kind, DiscrepancyKind::PartialBackordered);
    assert_eq!(differs.quantity.as_ref().unwrap().value.to_string(), "-4");
    let component = r.lines[6].acknowledgements.last().unwrap();
    assert_eq!((component.subline_number.as_deref(), component.status), (Some("8"), S::Accepted));
}

#[test]
fn a_plan_of_deliveries_answers_part_by_part() {
    use LineStatus as S;
    let r = response(SPLIT);
    assert_eq!(
        answers(&r, 0),
        [(S::Accepted, "72".into(), "2026-11-12".into()), (S::Backordered, "48".into(), "2026-11-26".into())]
    );
    assert!(r.lines[0].schedule.is_empty(), "the plan is the answer");
    assert_eq!(answers(&r, 1), [(S::Accepted, "40".into(), "2026-11-12".into())]);
    assert_eq!(r.lines[1].acknowledgements[0].dates[0].role, DateRole::ScheduledDelivery);
    assert_eq!(r.lines[2].schedule.len(), 2, "a forecast is none");
    assert_eq!(answers(&r, 3), [(S::DateChanged, "36".into(), "2026-11-19".into())]);
    assert_eq!(r.lines[3].dates[0].role, DateRole::RequestedDelivery);
    assert_eq!(answers(&r, 4), [(S::Deleted, "6".into(), String::new())]);
    assert_eq!(answers(&r, 5), [(S::OnHold, "8".into(), String::new())]);
}

/// The segments of a case in the other standard, header and trailer among them.
fn converted(kind: DocumentKind, name: &str, to: Standard) -> (Vec<String>, Document) {
    let was = case(kind.name(), name).document;
    let code = kind.sets(to).next().unwrap();
    let bytes = written(&was, to, code, usual_version(to)).unwrap();
    let end = if to == Standard::X12 { '~' } else { '\'' };
    let text = String::from_utf8(bytes.clone()).unwrap();
    (text.split(end).map(str::to_owned).collect(), set(&bytes).document)
}

#[test]
fn acknowledgements_become_lines_with_quantities_and_plans() {
    let (segments, back) = converted(DocumentKind::OrderResponse, "line-by-line", Standard::Edifact);
    for wanted in [
        "BGM+231+4500123+4+AC",
        "LIN+1+5+614141007349:UP",
        "QTY+113:48:EA",
        "QTY+83:24:EA",
        "LIN+3+3+614141007363:UP",
        "QTY+113:36:EA",
        "QVR+++UP",
        "PIA+3+NW-LACE-04:SA",
        "LIN+6+7+614141007394:UP",
        "LIN+8+2+614141007417:UP",
        "LIN+1+5+NW-SOCK-BLK:SA+1:7",
    ] {
        assert!(segments.iter().any(|s| s == wanted), "{wanted} is not in {segments:#?}");
    }
    let Document::OrderResponse(back) = back else { panic!("no answer to an order") };
    let was = response("line-by-line");
    for line in 0..was.lines.len() {
        assert_eq!(answers(&back, line), answers(&was, line), "line {line}");
    }
}

#[test]
fn lines_with_quantities_and_plans_become_acknowledgements() {
    let (segments, back) = converted(DocumentKind::OrderResponse, SPLIT, Standard::X12);
    for wanted in [
        "BAK*00*AC*NL-60017*20261030****CFR-90*20261105",
        "ACK*IA*72*PC*067*20261112",
        "ACK*IB*48*PC*067*20261126",
        "ACK*DR*36*PC*067*20261119",
        "ACK*ID*6*PC",
        "ACK*IH*8*PC",
    ] {
        assert!(segments.iter().any(|s| s == wanted), "{wanted} is not in {segments:#?}");
    }
    let Document::OrderResponse(back) = back else { panic!("no answer to an order") };
    let was = response(SPLIT);
    for line in 0..was.lines.len() {
        assert_eq!(answers(&back, line), answers(&was, line), "line {line}");
    }
    let (segments, _) = converted(DocumentKind::OrderResponse, SUPPLIER, Standard::X12);
    for wanted in ["ACK*IS*48*PC****VN*HF-501", "ACK*IP*12*PC", "ACK*BP*6*PC", "ACK*IR*24*PC", "ACK*IA*20*PC"]
    {
        assert!(segments.iter().any(|s| s == wanted), "{wanted} is not in {segments:#?}");
    }
}
