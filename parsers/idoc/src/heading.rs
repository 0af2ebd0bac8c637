//! The heading that ORDERS and INVOIC share, on the way between segments and documents.
//!
//! What the documents call differently (their number, their day, the order) each takes out of `references` and `dates` itself.

use crate::block::{self, HEADING_TEXTS};
use crate::party;
use crate::segment::Segment;
use crate::value::{Reading, Writing, put_decimal};
use portway_documents::Text;
use portway_documents::allowance::AllowanceCharge;
use portway_documents::date::DateTime;
use portway_documents::money::{Currency, PaymentTerms, Tax};
use portway_documents::party::Party;
use portway_documents::quantity::{Measurement, MeasurementKind};
use portway_documents::reference::{Note, Reference};
use portway_documents::transport::DeliveryTerms;

#[derive(Default)]
pub(crate) struct Heading {
    /// E1EDK01 ACTION, KZABS, BSART and BELNR.
    pub action: Option<Text>,
    pub answer_wanted: Option<Text>,
    pub kind_code: Option<Text>,
    pub number: Option<Text>,
    pub currency: Option<Currency>,
    /// E1EDK14: qualifier and organization.
    pub organizations: Vec<(Text, Text)>,
    pub dates: Vec<DateTime>,
    pub references: Vec<Reference>,
    pub parties: Vec<Party>,
    pub notes: Vec<Note>,
    pub taxes: Vec<Tax>,
    pub allowances_and_charges: Vec<AllowanceCharge>,
    pub payment_terms: Vec<PaymentTerms>,
    pub delivery_terms: Vec<DeliveryTerms>,
    pub measurements: Vec<Measurement>,
}

/// The fields that have one name in the heading and in each document.
macro_rules! shared {
    (take $heading:ident => $document:ident) => {
        $crate::heading::shared!(@take $heading $document currency dates references parties notes allowances_and_charges payment_terms
            delivery_terms measurements)
    };
    (give $document:ident) => {
        $crate::heading::shared!(@give $document currency dates references parties notes allowances_and_charges payment_terms
            delivery_terms measurements)
    };
    (@take $heading:ident $document:ident $($field:ident)+) => {
        $($document.$field = std::mem::take(&mut $heading.$field);)+
    };
    (@give $document:ident $($field:ident)+) => {
        $crate::heading::Heading { $($field: $document.$field.clone(),)+ ..Default::default() }
    };
}
pub(crate) use shared;

const WEIGHTS: [(&str, MeasurementKind); 2] =
    [("NTGEW", MeasurementKind::NetWeight), ("BRGEW", MeasurementKind::GrossWeight)];

impl Heading {
    pub(crate) fn read(root: &mut Segment, r: &mut Reading) -> Heading {
        let mut heading = Heading::default();
        let mut terms_code = None;
        for first in root.each("E1EDK01").take(1) {
            heading.action = first.take("ACTION");
            heading.answer_wanted = first.take("KZABS");
            heading.currency = first.take("CURCY").map(|code| Currency { code, ..Currency::default() });
            if let Some(currency) = &mut heading.currency {
                r.currency = Some(currency.code.clone());
                currency.target_currency = first.take("HWAER");
                currency.exchange_rate = r.decimal(first, "WKURS");
            }
            terms_code = first.take("ZTERM");
            heading.kind_code = first.take("BSART");
            heading.number = first.take("BELNR");
            heading.measurements = r.measurements(first, &WEIGHTS, "GEWEI");
        }
        for segment in root.each("E1EDK14") {
            if let (Some(_), Some(_)) = (segment.get("QUALF"), segment.get("ORGID")) {
                heading.organizations.extend(segment.take("QUALF").zip(segment.take("ORGID")));
            }
        }
        heading.dates = block::read_dates(root, "E1EDK03", r);
        heading.taxes = block::read_taxes(root, "E1EDK04", r);
        heading.allowances_and_charges = block::read_conditions(root, "E1EDK05", r);
        heading.parties = party::read(root, "E1EDKA1", r);
        heading.references = block::read_references(root, "E1EDK02", r);
        heading.delivery_terms = block::read_delivery_terms(root, "E1EDK17");
        heading.payment_terms = block::read_payment_terms(root, "E1EDK18", r);
        if let Some(code) = terms_code {
            if heading.payment_terms.is_empty() {
                heading.payment_terms.push(PaymentTerms::default());
            }
            heading.payment_terms.iter_mut().take(1).for_each(|terms| terms.code = Some(code.clone()));
        }
        heading.notes = HEADING_TEXTS.read(root);
        for first in root.each("E1EDK01").take(1) {
            party::read_tax_numbers(first, &mut heading.parties);
        }
        heading
    }

    /// Puts the segments up to E1EDKT1 into the IDoc; `special` are references that are fields of the document.
    pub(crate) fn write(&self, root: &mut Segment, w: &Writing, special: &Special) {
        root.push(self.first(w));
        for (qualifier, organization) in &self.organizations {
            let mut segment = Segment::new("E1EDK14");
            segment.put("QUALF", 3, qualifier.as_str());
            segment.put("ORGID", 35, organization.as_str());
            root.push(segment);
        }
        for (code, moment) in special.dates.iter().filter_map(|(code, date)| Some((code, date.as_ref()?))) {
            block::write_date(root, "E1EDK03", code, moment);
        }
        block::write_dates(root, "E1EDK03", &self.dates, w);
        block::write_taxes(root, "E1EDK04", &self.taxes, w);
        block::write_conditions(root, "E1EDK05", &self.allowances_and_charges, w);
        party::write(&self.parties, "E1EDKA1", w).into_iter().for_each(|segment| root.push(segment));
        for (code, number, date) in &special.references {
            block::write_reference(root, "E1EDK02", code, number.as_deref(), None, *date);
        }
        block::write_references(root, "E1EDK02", &self.references, w);
        block::write_delivery_terms(root, "E1EDK17", &self.delivery_terms);
        block::write_payment_terms(root, "E1EDK18", &self.payment_terms);
        HEADING_TEXTS.write(root, &self.notes, w);
    }

    fn first(&self, w: &Writing) -> Segment {
        let mut first = Segment::new("E1EDK01");
        first.put("ACTION", 3, self.action.as_deref());
        first.put("KZABS", 1, self.answer_wanted.as_deref().filter(|_| w.ours));
        if let Some(currency) = &self.currency {
            first.put("CURCY", 3, currency.code.as_str());
            first.put("HWAER", 3, currency.target_currency.as_deref());
            put_decimal(&mut first, "WKURS", 12, currency.exchange_rate.as_ref());
        }
        let code = self.payment_terms.first().and_then(|terms| terms.code.as_deref());
        first.put("ZTERM", 17, code.filter(|_| w.ours));
        party::write_tax_numbers(&mut first, &self.parties);
        first.put("BSART", 4, self.kind_code.as_deref());
        first.put("BELNR", 35, self.number.as_deref());
        w.measurements(&mut first, &WEIGHTS, "GEWEI", &self.measurements);
        first
    }
}

/// References and days that are fields of the document, by their qualifiers.
#[derive(Default)]
pub(crate) struct Special {
    pub references: Vec<(&'static str, Option<Text>, Option<portway_documents::date::Date>)>,
    pub dates: Vec<(&'static str, Option<DateTime>)>,
}
