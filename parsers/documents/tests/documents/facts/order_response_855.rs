//! Facts of the 855 cases, asserted by hand from the inputs: what becomes of the order, and of each part of each line.
//!
//! Fails with the value that is wrong.

use super::order_response_ordrsp::{answers, response};
use crate::sets::case;
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::item::ProductIdScheme;
use portway_documents::line::LineStatus;
use portway_documents::order_response::ResponseStatus;
use portway_documents::reference::ReferenceKind;

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for name in ["line-by-line", "backorder", "rejected", "accepted-as-ordered"] {
        let case = case("order-response", name);
        assert!(case.faults.is_empty(), "{name}: {:#?}", case.faults);
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}

#[test]
fn the_header_names_the_order_and_what_becomes_of_it() {
    let r = response("line-by-line");
    assert_eq!((r.status, r.status_code.as_str()), (ResponseStatus::AcceptedWithChanges, "AC"));
    assert_eq!((r.purpose, r.number.as_str()), (Purpose::Original, "4500123"));
    assert_eq!(r.order_number.as_deref(), Some("4500123"));
    assert_eq!(r.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(r.response_date.unwrap().0.to_string(), "2026-11-03");
    assert_eq!((r.release_number.as_deref(), r.request_number.as_deref()), (Some("R7"), Some("Q-88")));
    assert_eq!(r.contract_number.as_deref(), Some("C-2026-17"));
    assert_eq!(r.seller_order_number.as_deref(), Some("SO-90017"));
    assert_eq!(r.transaction_type_code.as_deref(), Some("IN"));
    assert_eq!(r.references[2].parts[0].kind, ReferenceKind::Promotion);
    assert_eq!(
        r.period_amounts[0].amount.as_ref().unwrap().money.as_ref().unwrap().amount.to_string(),
        "29400"
    );
    assert_eq!(r.period_amounts[0].dates[1].date.unwrap().0.to_string(), "2026-11-30");
    assert_eq!(r.volume_discounts[0].value.to_string(), "5");
    assert_eq!(r.volume_discounts[0].to.unwrap().to_string(), "19999");
    assert_eq!(r.installments[0].count.unwrap().to_string(), "3");
    assert_eq!(r.attachments[0].copies.unwrap().to_string(), "2");
    assert_eq!(r.restrictions[0].description.as_deref(), Some("NO RETURNS AFTER 90 DAYS"));
    assert_eq!(r.product_ids[0].id, "NW-SERIES");
    assert_eq!(r.marks[0].values, ["00006141411234567890"]);
    assert_eq!(r.totals.amounts[0].money.as_ref().unwrap().amount.to_string(), "9998.4");
    let allowance = r.allowances_and_charges[0].money.as_ref().unwrap();
    assert_eq!(
        (allowance.amount.to_string().as_str(), allowance.currency.as_deref()),
        ("125.50", Some("USD"))
    );
}

#[test]
fn each_line_says_what_becomes_of_each_of_its_parts() {
    use LineStatus as S;
    let r = response("line-by-line");
    assert_eq!(answers(&r, 0), [(S::Accepted, "144".into(), "2026-11-16".into())]);
    assert_eq!(
        answers(&r, 1),
        [(S::Accepted, "48".into(), "2026-11-16".into()), (S::Backordered, "24".into(), "2026-12-07".into())]
    );
    assert_eq!(r.lines[1].status, Some(S::AcceptedWithChanges), "the parts do not agree");
    let dates = &r.lines[1].acknowledgements[0].dates;
    assert_eq!((dates[0].role, dates[1].role), (DateRole::ScheduledShip, DateRole::EstimatedDelivery));
    assert_eq!(answers(&r, 2), [(S::QuantityChanged, "36".into(), "2026-11-16".into())]);
    assert_eq!(r.lines[2].quantity.as_ref().unwrap().value.to_string(), "60");
    assert_eq!(answers(&r, 3), [(S::PriceChanged, "24".into(), "2026-11-16".into())]);
    assert_eq!(r.lines[3].amounts[0].money.as_ref().unwrap().amount.to_string(), "444");
    let substitute = &r.lines[4].acknowledgements[0];
    assert_eq!((substitute.status, substitute.status_code.as_str()), (S::Substituted, "IS"));
    assert_eq!(substitute.product_ids[0].scheme, ProductIdScheme::SellerNumber);
    assert_eq!(substitute.product_ids[0].id, "NW-LACE-04");
    assert_eq!(r.lines[4].item.seller_number.as_deref(), Some("NW-LACE-03"));
    let refused = &r.lines[5].acknowledgements[0];
    assert_eq!((refused.status, refused.reasons[0].code.as_deref()), (S::Rejected, Some("NLS")));
    assert_eq!((r.lines[7].status, r.lines[7].status_code.as_deref()), (Some(S::Deleted), Some("ID")));
}

#[test]
fn a_component_is_answered_by_itself() {
    let r = response("line-by-line");
    let line = &r.lines[6];
    assert_eq!(line.sublines.len(), 2);
    assert_eq!(line.status, None, "nothing was said of the line itself");
    let of: Vec<_> = line.acknowledgements.iter().map(|a| (a.subline_number.as_deref(), a.status)).collect();
    assert_eq!(of, [(Some("1"), LineStatus::Accepted), (Some("2"), LineStatus::DateChanged)]);
    assert_eq!(line.schedule.len(), 2);
    assert_eq!(line.notes[0].lines, ["ONE KIT A BAG"]);
}

#[test]
fn what_does_not_ship_is_backordered_refused_or_on_hold() {
    use LineStatus as S;
    let r = response("backorder");
    assert_eq!(r.notes[0].lines, ["BALANCE SHIPS FROM THE EAST COAST PLANT", "NO EXTRA FREIGHT"]);
    assert_eq!(answers(&r, 0), [(S::PartialBackordered, "300".into(), "2026-11-13".into())]);
    assert_eq!(answers(&r, 1), [(S::Backordered, "40".into(), "2026-12-01".into())]);
    assert_eq!(
        answers(&r, 2),
        [
            (S::Accepted, "600".into(), "2026-11-13".into()),
            (S::Backordered, "300".into(), "2026-11-20".into()),
            (S::Rejected, "100".into(), String::new())
        ]
    );
    assert_eq!(answers(&r, 3), [(S::DateChanged, "25".into(), "2026-11-18".into())]);
    assert_eq!(answers(&r, 4), [(S::OnHold, "10".into(), String::new())]);
}

#[test]
fn an_order_can_be_refused_or_accepted_as_it_is() {
    let refused = response("rejected");
    assert_eq!((refused.status, refused.lines.len()), (ResponseStatus::Rejected, 0));
    assert_eq!(refused.references[0].value.as_deref(), Some("CREDIT LIMIT REACHED"));
    let accepted = response("accepted-as-ordered");
    assert_eq!(accepted.status, ResponseStatus::WithDetailNoChanges);
    assert_eq!(accepted.purpose, Purpose::Confirmation);
    assert!(accepted.lines.iter().all(|l| l.status == Some(LineStatus::Accepted)));
    assert_eq!(accepted.lines[0].item.gtin.as_deref(), Some("10614141000415"));
}
