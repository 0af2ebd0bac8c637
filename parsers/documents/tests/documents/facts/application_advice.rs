//! Facts of the application advices (824, APERAK), asserted by hand from the inputs: which document is refused, why, and where the
//! error is.
//!
//! Fails with the value that is wrong.

use crate::sets::{case, set};
use portway_documents::application_advice::{AdviceScope, AdviceStatus, ApplicationAdvice};
use portway_documents::heading::Purpose;
use portway_documents::party::{ContactRole, PartyRole};
use portway_documents::reference::{IdScheme, ReferenceKind};
use portway_documents::{Document, Tables};
use portway_edi::interchange::Standard;
use portway_edi::schema::Schema;

const RETAILER: &str = "retailer-rejects-an-invoice";
const CARRIER: &str = "carrier-partial-005010";
const SUPPLIER: &str = "supplier-errors-d96a";
const DOCUMENTS: &str = "documents-d01b";

fn advice(name: &str) -> Box<ApplicationAdvice> {
    let Document::ApplicationAdvice(advice) = case("application-advice", name).document else {
        panic!("no advice")
    };
    advice
}

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    let all = [RETAILER, CARRIER, SUPPLIER, DOCUMENTS];
    for name in all {
        let case = case("application-advice", name);
        let faults: Vec<_> = case
            .faults
            .iter()
            .map(|f| format!("{:?} {:?} {}", f.place.segment, f.value, f.message))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}

#[test]
fn the_retailer_refuses_one_invoice_and_takes_another() {
    let advice = advice(RETAILER);
    assert_eq!((advice.number.as_str(), advice.purpose), ("ADV-77120", Purpose::Response));
    assert_eq!(advice.advice_date.unwrap().0.to_string(), "2026-11-17");
    assert_eq!(advice.advice_time.unwrap().0.to_string(), "09:38:00");
    assert_eq!(advice.status, Some(AdviceStatus::Rejected));
    assert_eq!(advice.parties[0].role, PartyRole::MessageFrom);
    assert_eq!(advice.parties[0].ids[0].scheme, IdScheme::DunsPlusFour);
    let said: Vec<_> =
        advice.lines.iter().map(|l| (l.status, l.scope, l.number.as_deref().unwrap())).collect();
    assert_eq!(
        said,
        [
            (AdviceStatus::Rejected, Some(AdviceScope::Document), "INV-90017"),
            (AdviceStatus::Accepted, Some(AdviceScope::Document), "INV-90018"),
            (AdviceStatus::AcceptedWithErrors, Some(AdviceScope::Item), "4"),
        ]
    );
    let line = &advice.lines[0];
    assert_eq!((line.document_kind, line.set_code.as_deref()), (ReferenceKind::Invoice, Some("810")));
    assert_eq!(line.group_control_number.as_deref(), Some("4401"));
    assert_eq!(line.set_control_number.as_deref(), Some("0007"));
    assert_eq!(line.amounts[0].money.as_ref().unwrap().amount.to_string(), "1042.50");
    let person = &line.parties[1];
    assert_eq!((person.name.as_deref(), person.first_name.as_deref()), (Some("FIELD"), Some("ROSA")));
    assert_eq!(
        line.codes.iter().map(|c| c.code.as_deref().unwrap()).collect::<Vec<_>>(),
        ["R17", "R18", "B2"]
    );
    assert_eq!(line.codes[1].agency_code.as_deref(), Some("ZZ"));
}

#[test]
fn the_place_of_an_error_and_the_value_that_stood_there() {
    let advice = advice(RETAILER);
    let error = &advice.lines[0].errors[0];
    assert_eq!(error.code, "ICG");
    assert_eq!(error.text.as_deref(), Some("Allowance differs from the contract"));
    assert_eq!(
        (error.segment.as_deref(), error.segment_position.unwrap().to_string()),
        (Some("SAC"), "31".into())
    );
    assert_eq!((error.element.as_deref(), error.element_reference.as_deref()), (Some("5"), Some("610")));
    assert_eq!((error.value.as_deref(), error.new_value.as_deref()), (Some("1250"), Some("1050")));
    // Remarks under one code are one note.
    assert_eq!(error.notes.len(), 2);
    assert_eq!(
        error.notes[0].lines,
        ["The contract allows 10.50 an invoice.", "Please send a corrected invoice."]
    );
    assert_eq!(error.details[0].text.as_deref(), Some("SAC05 of INV-90017"));
}

#[test]
fn from_005010_on_an_error_has_a_component_and_a_context() {
    let advice = advice(CARRIER);
    assert_eq!(advice.status, Some(AdviceStatus::PartiallyAccepted));
    assert_eq!(advice.lines[1].status, AdviceStatus::OnHold);
    assert_eq!(advice.lines[1].scope, Some(AdviceScope::Group));
    let error = &advice.lines[0].errors[0];
    let place = (error.element.as_deref(), error.component.as_deref(), error.repetition.as_deref());
    assert_eq!(place, (Some("2"), Some("1"), Some("1")));
    assert_eq!(error.component_reference.as_deref(), Some("1321"));
    let context = &error.contexts[0];
    assert_eq!((context.names[0].as_str(), context.values[0].as_str()), ("STOP NUMBER 2", "S-88102"));
    assert_eq!((context.segment.as_deref(), context.loop_id.as_deref()), (Some("S5"), Some("0300")));
}

#[test]
fn without_a_doc_the_first_reference_is_the_document() {
    let advice = advice(SUPPLIER);
    assert_eq!((advice.status, advice.status_code.as_deref()), (Some(AdviceStatus::Rejected), Some("RE")));
    assert_eq!(advice.advice_time.unwrap().0.to_string(), "10:12:00");
    // The date of the advice is a field of its own.
    assert_eq!(advice.dates.len(), 1);
    let [line] = advice.lines.as_slice() else { panic!("one document") };
    assert_eq!(
        (line.document_kind, line.number.as_deref()),
        (ReferenceKind::PurchaseOrder, Some("B-2026-1187"))
    );
    assert_eq!(line.status, AdviceStatus::Rejected);
    let errors: Vec<_> = line.errors.iter().map(|e| e.code.as_str()).collect();
    assert_eq!(errors, ["12", "40", "7"]);
    let error = &line.errors[0];
    assert_eq!(error.text.as_deref(), Some("The item 4711 is not in our range\nsince October"));
    assert_eq!(
        (error.references[0].kind, error.references[0].value.as_deref()),
        (ReferenceKind::Line, Some("3"))
    );
    assert_eq!(error.notes[0].lines, ["Use 4712 instead"]);
    // A text with more than words is a note.
    assert_eq!(
        (line.errors[1].text.as_deref(), line.errors[1].notes[0].language.as_deref()),
        (None, Some("EN"))
    );
    let contact = &advice.parties[0].contacts[0];
    assert_eq!((contact.role, contact.channels.len()), (ContactRole::Order, 2));
}

#[test]
fn errors_belong_to_the_document_that_their_reference_names() {
    let advice = advice(DOCUMENTS);
    assert_eq!((advice.version.as_deref(), advice.revision.as_deref()), (Some("2"), Some("1")));
    let said: Vec<_> = advice.lines.iter().map(|l| (l.document_kind, l.status, l.errors.len())).collect();
    assert_eq!(
        said,
        [
            (ReferenceKind::Invoice, AdviceStatus::Rejected, 1),
            (ReferenceKind::PurchaseOrder, AdviceStatus::Accepted, 0),
            // Its own word is not there: what BGM says holds (4343 = CA).
            (ReferenceKind::ShipNotice, AdviceStatus::AcceptedWithErrors, 1),
        ]
    );
    assert_eq!(advice.lines[0].document_name.as_deref(), Some("Invoice"));
    assert_eq!(advice.lines[2].errors[0].text.as_deref(), Some("SSCC used before"));
    assert_eq!(advice.lines[1].dates[0].time.unwrap().0.to_string(), "08:00:00");
}

#[test]
fn the_function_of_the_message_may_be_the_answer() {
    let text = |function: &str| {
        format!(
            "UNB+UNOC:3+A+B+261117:1015+1'UNH+1+APERAK:D:96A:UN'BGM++7+{function}'DTM+137:20261117:102'RFF+ON:1'UNT+5+1'UNZ+1+1'"
        )
    };
    for (function, status) in [
        ("29", Some(AdviceStatus::Accepted)),
        ("34", Some(AdviceStatus::AcceptedWithChanges)),
        ("27", Some(AdviceStatus::Rejected)),
        ("9", None),
    ] {
        let Document::ApplicationAdvice(advice) = set(text(function).as_bytes()).document else { panic!() };
        assert_eq!(advice.status, status, "1225 = {function}");
    }
}

#[test]
fn a_long_text_stands_whole_in_notes_of_an_824() {
    let mut advice = advice(SUPPLIER);
    let long = "The price is not the one of the contract of January, and the quantity is more than was agreed for November";
    advice.lines[0].errors[0].text = Some(long.into());
    let document = Document::ApplicationAdvice(advice);
    let schema = Schema::x12("824", "004010").unwrap();
    let written = portway_documents::write(&document, schema, "004010", &Tables::default()).unwrap();
    let texts: Vec<_> = written.iter().filter(|s| matches!(s.tag.as_str(), "TED" | "NTE")).take(3).collect();
    let text = texts[0].elements[1][0].as_str();
    assert!(text.len() <= 60 && long.starts_with(text), "{text}");
    let notes: Vec<_> = texts[1..].iter().map(|s| s.elements[1][0].as_str()).collect();
    assert_eq!(notes.join(" "), long);
    assert_eq!(schema.dictionary().standard, Standard::X12);
}
