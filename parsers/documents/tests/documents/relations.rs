//! What ties documents together, on the golden documents: orders, documents answered, days, and what an advice is about.

use crate::sets::case;
use portway_documents::application_advice::{AdviceScope, AdviceStatus};
use portway_documents::{Document, DocumentKind};

fn document(kind: &str, name: &str) -> Document {
    case(kind, name).document
}

/// `4500123`, `4500123/R7`, `4500123 of 0614141000012`.
fn orders(kind: &str, name: &str) -> Vec<String> {
    let text = |order: portway_documents::relations::OrderKey| {
        let release = order.release.map(|release| format!("/{release}")).unwrap_or_default();
        let buyer = order.buyer.map(|buyer| format!(" of {}", buyer.id)).unwrap_or_default();
        format!("{}{release}{buyer}", order.number)
    };
    document(kind, name).orders().into_iter().map(text).collect()
}

fn answers(kind: &str, name: &str) -> Vec<String> {
    let list = document(kind, name).answers();
    list.into_iter().map(|a| format!("{} {}", a.kind.name(), a.number)).collect()
}

#[test]
fn the_orders_of_documents() {
    let expected: [(&str, &str, &[&str]); 15] = [
        ("purchase-order", "retailer-distribution", &["4500123 of 0614141000012"]),
        ("purchase-order", "schedules", &["PO-88-2026/0007 of GLX-2"]),
        ("order-response", "line-by-line", &["4500123/R7 of 0614141000012"]),
        ("order-response", "ordrsp-d96a-supplier", &["B-2026-1187 of 5412345000013"]),
        ("order-change", "ordchg-d96a-supplier", &["B-2026-1187 of 5412345000013"]),
        ("order-change-response", "changes-answered", &["4500123/R7 of 0614141000012"]),
        // Each order once, with the buyer of its own level.
        ("ship-notice", "pallets-and-cartons", &["4500881 of 0114", "4500882/R1 of 0207"]),
        (
            "ship-notice",
            "desadv-d01b-several-orders",
            &["PO-7001 of 4006381000000", "PO-7002 of 4006381000000"],
        ),
        ("ship-notice", "desadv-d96a-no-packaging", &["T-88"]),
        ("invoice", "retailer-allowances", &["PO-778120/R2"]),
        ("receiving-advice", "retailer-861-004010", &["PO-77310/003"]),
        ("warehouse-shipping-order", "rich-004010", &["PO-88417"]),
        ("warehouse-shipping-advice", "3pl-004010", &["PO-77310"]),
        ("warehouse-stock-transfer", "plant-004010", &["PO-90881", "PO-90882"]),
        ("inventory-report", "rich-004010", &[]),
    ];
    for (kind, name, expected) in expected {
        assert_eq!(orders(kind, name), expected, "{kind}/{name}");
    }
}

#[test]
fn the_documents_that_documents_name() {
    let expected: [(&str, &str, &[&str]); 9] = [
        ("order-change-response", "ordrsp-d96a-change", &["order-change AE-0042"]),
        ("order-change-response", "changes-answered", &["order-change 2"]),
        ("receiving-advice", "recadv-d96a-retailer", &["ship-notice TR-5512", "ship-notice LA-88410"]),
        ("receiving-advice", "3pl-944-004010", &["warehouse-stock-transfer TR-77"]),
        ("credit-note", "price-difference", &["invoice R-2026-30881"]),
        ("remittance-advice", "supplier-paid-d96a", &["invoice R-2026-881", "credit-note G-2026-77"]),
        ("warehouse-shipping-advice", "3pl-004010", &["warehouse-shipping-order SO-448120"]),
        ("application-advice", "retailer-rejects-an-invoice", &["invoice INV-90017", "invoice INV-90018"]),
        // Its number is that of the bill of lading: no number of a document of ours.
        ("application-advice", "carrier-partial-005010", &[]),
    ];
    for (kind, name, expected) in expected {
        assert_eq!(answers(kind, name), expected, "{kind}/{name}");
    }
    // An invoice, and the ship notice that it names.
    let mut json = case("invoice", "partial-shipment").json();
    json["references"] =
        serde_json::json!([{ "kind": "ship_notice", "kind_code": "MA", "value": " SHP-1 " }]);
    let invoice = DocumentKind::Invoice.parse(&json.to_string()).unwrap();
    let named = invoice.answers();
    assert_eq!((named[0].kind, named[0].number.as_str()), (DocumentKind::ShipNotice, "SHP-1"));
}

#[test]
fn the_days_of_documents() {
    let expected = [
        ("ship-notice", "cross-dock", Some("2026-11-16"), Some("2026-11-17")),
        ("ship-notice", "desadv-d96a-supplier", Some("2026-11-16"), Some("2026-11-18")),
        ("ship-notice", "pick-and-pack", Some("2026-11-16"), None),
        ("purchase-order", "retailer-distribution", Some("2026-11-16"), Some("2026-11-18")),
        // Of the lines, where the order says none.
        ("purchase-order", "schedules", Some("2026-12-03"), Some("2026-12-01")),
        ("receiving-advice", "retailer-861-004010", None, Some("2026-11-12")),
        ("warehouse-shipping-advice", "3pl-004010", Some("2026-11-10"), Some("2026-11-12")),
        ("freight-invoice", "ltl-210", Some("2026-11-18"), Some("2026-11-20")),
        ("inventory-report", "rich-004010", None, None),
    ];
    for (kind, name, ship, delivery) in expected {
        let document = document(kind, name);
        let text = |date: Option<portway_documents::date::Date>| date.map(|date| date.0.to_string());
        assert_eq!(text(document.ship_date()).as_deref(), ship, "{kind}/{name} ships");
        assert_eq!(text(document.delivery_date()).as_deref(), delivery, "{kind}/{name} arrives");
    }
}

#[test]
fn what_answers_a_document_is_no_document_that_needs_an_answer_of_its_own_kind() {
    assert_eq!(DocumentKind::PurchaseOrder.answered_by(), [DocumentKind::OrderResponse]);
    assert_eq!(DocumentKind::OrderChange.answered_by(), [DocumentKind::OrderChangeResponse]);
    assert_eq!(DocumentKind::ShipNotice.answered_by(), [DocumentKind::ReceivingAdvice]);
    for kind in DocumentKind::ALL {
        for answer in kind.answered_by() {
            assert!(answer.answered_by().is_empty(), "{} ends with its answer", kind.name());
        }
    }
}

/// 824: set, numbers of set and group, number of the document, the word, and the element.
#[test]
fn an_824_says_which_document_and_element() {
    let Document::ApplicationAdvice(advice) = document("application-advice", "retailer-rejects-an-invoice")
    else {
        panic!("no advice")
    };
    let spoken = advice.spoken_of();
    let facts: Vec<_> = spoken
        .iter()
        .map(|s| {
            let text =
                |text: Option<&portway_documents::Text>| text.map(|t| t.to_string()).unwrap_or_default();
            let numbers =
                [text(s.set_code), text(s.group_control_number), text(s.set_control_number)].join(" ");
            (s.kind, text(s.number.as_ref()), numbers, s.scope, s.status)
        })
        .collect();
    let invoice = Some(DocumentKind::Invoice);
    assert_eq!(
        facts,
        [
            (
                invoice,
                "INV-90017".into(),
                "810 4401 0007".into(),
                AdviceScope::Document,
                AdviceStatus::Rejected
            ),
            (
                invoice,
                "INV-90018".into(),
                "810 4401 0008".into(),
                AdviceScope::Document,
                AdviceStatus::Accepted
            ),
            (
                invoice,
                String::new(),
                "810 4401 0009".into(),
                AdviceScope::Item,
                AdviceStatus::AcceptedWithErrors
            ),
        ]
    );
    let places: Vec<_> = spoken[0].errors.iter().filter_map(|e| e.place()).collect();
    let shown: Vec<_> = places.iter().map(|p| (p.to_string(), p.position)).collect();
    assert_eq!(shown, [("SAC-05".to_owned(), Some(31)), ("BIG-04".to_owned(), Some(2))]);
    let error = &spoken[0].errors[1];
    assert_eq!((error.value.as_deref(), error.new_value.as_deref()), (Some("45001Z3"), Some("4500123")));
    // A component, from 005010 on.
    let Document::ApplicationAdvice(advice) = document("application-advice", "carrier-partial-005010") else {
        panic!("no advice")
    };
    let spoken = advice.spoken_of();
    assert_eq!(
        (spoken[0].kind, spoken[0].status),
        (Some(DocumentKind::TransportOrder), AdviceStatus::PartiallyAccepted)
    );
    assert_eq!(spoken[0].errors[0].place().unwrap().to_string(), "S5-02-1");
}

/// APERAK: the documents by kind and number, the word on each, and the message that is answered.
#[test]
fn an_aperak_says_which_documents() {
    let Document::ApplicationAdvice(advice) = document("application-advice", "documents-d01b") else {
        panic!("no advice")
    };
    let facts: Vec<_> = advice
        .spoken_of()
        .iter()
        .map(|s| {
            (
                s.kind,
                s.number.as_deref().map(str::to_owned),
                s.status,
                s.errors.len(),
                s.message_reference.cloned(),
            )
        })
        .collect();
    let message = Some(portway_documents::Text::new("MSG-5540"));
    let of = |kind, number: &str, status, errors| {
        (Some(kind), Some(number.to_owned()), status, errors, message.clone())
    };
    assert_eq!(
        facts,
        [
            of(DocumentKind::Invoice, "R-2026-881", AdviceStatus::Rejected, 1),
            of(DocumentKind::PurchaseOrder, "B-2026-1201", AdviceStatus::Accepted, 0),
            of(DocumentKind::ShipNotice, "LS-40018", AdviceStatus::AcceptedWithErrors, 1),
        ]
    );
    let Document::ApplicationAdvice(advice) = document("application-advice", "supplier-errors-d96a") else {
        panic!("no advice")
    };
    let spoken = advice.spoken_of();
    assert_eq!(
        (spoken[0].kind, spoken[0].number.as_deref()),
        (Some(DocumentKind::PurchaseOrder), Some("B-2026-1187"))
    );
    assert_eq!((spoken[0].status, spoken[0].errors.len()), (AdviceStatus::Rejected, 3));
}
