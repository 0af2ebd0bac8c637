//! What headings and lines of ORDERS and INVOIC have alike, in segments of two names: references (E1EDK02, E1EDP02), days (03),
//! taxes (04), conditions (05), terms of delivery (17), terms of payment (18), texts (T1 with T2).
//!
//! Each pair reads and writes the same. A qualifier we do not know becomes `other` with the qualifier beside it.

use crate::codes::{DATE, REFERENCE};
use crate::segment::Segment;
use crate::value::{Reading, Writing, day_of, put_date, put_decimal, put_moment, put_money};
use portway_documents::Text;
use portway_documents::allowance::{AllowanceCharge, AllowanceKind, Rate};
use portway_documents::date::{Date, DateRole, DateTime};
use portway_documents::money::{Currency, PaymentTerms, Tax, TaxKind};
use portway_documents::reference::{IdScheme, Identifier, Note, Reference};
use portway_documents::transport::{DeliveryTerms, Place};

/// The field of E1EDP02 with the number of the line is ZEILE, that of E1EDK02 POSNR.
fn line_field(name: &str) -> &'static str {
    if name == "E1EDP02" { "ZEILE" } else { "POSNR" }
}

pub(crate) fn read_references(parent: &mut Segment, name: &str, r: &mut Reading) -> Vec<Reference> {
    let mut list = Vec::new();
    for segment in parent.each(name) {
        let Some(kind_code) = segment.take("QUALF") else { continue };
        let date = r.date(segment, "DATUM");
        list.push(Reference {
            kind: (REFERENCE.word)(&kind_code),
            kind_code,
            value: segment.take("BELNR"),
            line_number: segment.take(line_field(name)),
            dates: day_of(DateRole::Reference, date).into_iter().collect(),
            ..Reference::default()
        });
    }
    list
}

/// The first reference of a qualifier, taken out.
pub(crate) fn pull(references: &mut Vec<Reference>, code: &str) -> Option<Reference> {
    let at = references.iter().position(|r| r.kind_code == code)?;
    Some(references.remove(at))
}

pub(crate) fn write_references(out: &mut Segment, name: &str, references: &[Reference], w: &Writing) {
    for reference in references {
        let Some(code) = REFERENCE.written(reference.kind, &reference.kind_code, w.ours) else { continue };
        let date = reference.dates.iter().find_map(|d| d.date);
        write_reference(out, name, &code, reference.value.as_deref(), reference.line_number.as_deref(), date);
    }
}

/// One reference of a qualifier; nothing where it has neither number nor line.
pub(crate) fn write_reference(
    out: &mut Segment,
    name: &str,
    code: &str,
    number: Option<&str>,
    line: Option<&str>,
    date: Option<Date>,
) {
    let mut segment = Segment::new(name);
    segment.put("BELNR", 35, number);
    segment.put(line_field(name), 6, line);
    put_date(&mut segment, "DATUM", date);
    if !segment.is_empty() {
        let mut qualified = Segment::new(name);
        qualified.put("QUALF", 3, code);
        qualified.fields.append(&mut segment.fields);
        out.push(qualified);
    }
}

pub(crate) fn read_dates(parent: &mut Segment, name: &str, r: &mut Reading) -> Vec<DateTime> {
    let mut list = Vec::new();
    for segment in parent.each(name) {
        let Some(code) = segment.get("IDDAT").map(Text::new) else { continue };
        let Some(moment) = r.moment(segment, "DATUM", "UZEIT") else { continue };
        segment.used("IDDAT");
        list.push(DateTime { role: (DATE.word)(&code), role_code: code, ..moment });
    }
    list
}

pub(crate) fn write_dates(out: &mut Segment, name: &str, dates: &[DateTime], w: &Writing) {
    for moment in dates {
        if let (Some(code), true) =
            (DATE.written(moment.role, &moment.role_code, w.ours), moment.date.is_some())
        {
            write_date(out, name, &code, moment);
        }
    }
}

pub(crate) fn write_date(out: &mut Segment, name: &str, code: &str, moment: &DateTime) {
    let mut segment = Segment::new(name);
    segment.put("IDDAT", 3, code);
    put_moment(&mut segment, "DATUM", "UZEIT", moment);
    out.push(segment);
}

pub(crate) fn read_taxes(parent: &mut Segment, name: &str, r: &mut Reading) -> Vec<Tax> {
    let mut list = Vec::new();
    for segment in parent.each(name) {
        let mut tax = Tax {
            rate_code: segment.take("MWSKZ"),
            percent: r.decimal(segment, "MSATZ"),
            money: r.money(segment, "MWSBT"),
            description: segment.take("KTEXT"),
            ..Tax::default()
        };
        let jurisdiction = segment.take("TXJCD");
        // Jurisdictions are those of sales taxes.
        tax.kind = Some(if jurisdiction.is_some() { TaxKind::StateSales } else { TaxKind::ValueAdded });
        tax.jurisdictions.extend(jurisdiction.map(|id| Identifier {
            scheme: IdScheme::MutuallyDefined,
            id,
            ..Identifier::default()
        }));
        list.push(tax);
    }
    list
}

pub(crate) fn write_taxes(out: &mut Segment, name: &str, taxes: &[Tax], w: &Writing) {
    for tax in taxes {
        let mut segment = Segment::new(name);
        // Codes of rates are lists of their own; another standard's is not SAP's.
        segment.put("MWSKZ", 7, tax.rate_code.as_deref().filter(|_| w.ours));
        put_decimal(&mut segment, "MSATZ", 17, tax.percent.as_ref());
        put_money(&mut segment, "MWSBT", tax.money.as_ref());
        segment.put("TXJCD", 15, tax.jurisdictions.first().map(|j| j.id.as_str()));
        segment.put("KTEXT", 50, tax.description.as_deref());
        out.push(segment);
    }
}

pub(crate) fn read_conditions(parent: &mut Segment, name: &str, r: &mut Reading) -> Vec<AllowanceCharge> {
    let mut list = Vec::new();
    for segment in parent.each(name) {
        let kind = match segment.get("ALCKZ") {
            Some("-") => AllowanceKind::Allowance,
            Some("+") => AllowanceKind::Charge,
            _ => continue,
        };
        segment.used("ALCKZ");
        let mut condition = AllowanceCharge {
            kind,
            service_code: segment.take("KSCHL"),
            description: segment.take("KOTXT"),
            money: r.money(segment, "BETRG"),
            percent: r.decimal(segment, "KPERC"),
            currency: segment.take("KOEIN").map(|code| Currency { code, ..Currency::default() }),
            ..AllowanceCharge::default()
        };
        if let Some(amount) = r.decimal(segment, "KRATE") {
            let base_quantity = r.decimal(segment, "UPRBS");
            let (unit, original_unit) = r.unit(segment, "MEAUN");
            condition.rate = Some(Rate { amount, unit, original_unit, base_quantity, ..Rate::default() });
        }
        list.push(condition);
    }
    list
}

pub(crate) fn write_conditions(out: &mut Segment, name: &str, list: &[AllowanceCharge], w: &Writing) {
    for condition in list {
        let sign = match condition.kind {
            AllowanceKind::Allowance | AllowanceKind::Promotion => "-",
            AllowanceKind::Charge | AllowanceKind::Service => "+",
            _ => continue,
        };
        let mut segment = Segment::new(name);
        segment.put("ALCKZ", 3, sign);
        segment.put("KSCHL", 4, condition.service_code.as_deref().filter(|_| w.ours));
        segment.put("KOTXT", 80, condition.description.as_deref());
        put_money(&mut segment, "BETRG", condition.money.as_ref());
        put_decimal(&mut segment, "KPERC", 8, condition.percent.as_ref());
        if let Some(rate) = &condition.rate {
            put_decimal(&mut segment, "KRATE", 15, Some(&rate.amount));
            put_decimal(&mut segment, "UPRBS", 9, rate.base_quantity.as_ref());
            segment.put("MEAUN", 3, w.unit(rate.unit.as_deref(), rate.original_unit.as_deref()).as_deref());
        }
        segment.put("KOEIN", 3, condition.currency.as_ref().map(|c| c.code.as_str()));
        out.push(segment);
    }
}

/// QUALF 001 is the clause (Incoterms), 002 the place it names.
pub(crate) fn read_delivery_terms(parent: &mut Segment, name: &str) -> Vec<DeliveryTerms> {
    let mut terms = DeliveryTerms::default();
    for segment in parent.each(name) {
        let text = segment.get("LKTEXT").map(Text::new);
        match segment.get("QUALF") {
            Some("001") if terms.code.is_none() => {
                terms.code = segment.take("LKOND");
                terms.descriptions.extend(text);
            }
            Some("002") if terms.location.is_none() => {
                terms.location = text.map(|t| Place { description: Some(t), ..Place::default() });
            }
            _ => continue,
        }
        segment.used("QUALF");
        segment.used("LKTEXT");
        terms.code.as_deref().into_iter().for_each(|code| segment.take_if("LKOND", code));
    }
    (terms != DeliveryTerms::default()).then_some(terms).into_iter().collect()
}

pub(crate) fn write_delivery_terms(out: &mut Segment, name: &str, terms: &[DeliveryTerms]) {
    let Some(terms) = terms.first() else { return };
    let place = terms.location.as_ref().and_then(|l| l.description.as_deref());
    for (qualifier, code, text) in
        [("001", terms.code.as_deref(), terms.descriptions.first().map(Text::as_str)), ("002", None, place)]
    {
        let mut segment = Segment::new(name);
        segment.put("LKOND", 3, code);
        segment.put("LKTEXT", 70, text);
        if !segment.is_empty() {
            let mut qualified = Segment::new(name);
            qualified.put("QUALF", 3, qualifier);
            qualified.fields.append(&mut segment.fields);
            out.push(qualified);
        }
    }
}

/// Steps of one agreement: those with a percentage are discounts, the last without one is the net term. Several discounts become
/// several terms, the net term is that of the last.
pub(crate) fn read_payment_terms(parent: &mut Segment, name: &str, r: &mut Reading) -> Vec<PaymentTerms> {
    let mut list: Vec<PaymentTerms> = Vec::new();
    for segment in parent.each(name) {
        segment.used("QUALF");
        let (days, percent) = (r.decimal(segment, "TAGE"), r.decimal(segment, "PRZNT"));
        let percent = percent.filter(|p| !p.is_zero());
        let description = segment.take("ZTERM_TXT");
        match list.last_mut() {
            Some(last) if percent.is_none() && last.net_days.is_none() && description.is_none() => {
                last.net_days = days
            }
            _ => {
                let mut terms =
                    PaymentTerms { description, discount_percent: percent, ..PaymentTerms::default() };
                *(if percent.is_some() { &mut terms.discount_days } else { &mut terms.net_days }) = days;
                list.push(terms);
            }
        }
    }
    list.retain(|terms| *terms != PaymentTerms::default());
    list
}

pub(crate) fn write_payment_terms(out: &mut Segment, name: &str, list: &[PaymentTerms]) {
    let mut number = 0;
    let mut step = |segment: Segment| {
        if !segment.is_empty() {
            number += 1;
            let mut qualified = Segment::new(name);
            qualified.put("QUALF", 3, format!("{number:03}").as_str());
            qualified.fields.extend(segment.fields);
            out.push(qualified);
        }
    };
    for terms in list {
        let mut text = terms.description.as_deref();
        if terms.discount_percent.is_some_and(|percent| !percent.is_zero()) {
            let mut segment = Segment::new(name);
            put_decimal(&mut segment, "TAGE", 8, terms.discount_days.as_ref());
            put_decimal(&mut segment, "PRZNT", 8, terms.discount_percent.as_ref());
            segment.put("ZTERM_TXT", 70, text.take());
            step(segment);
        }
        let mut segment = Segment::new(name);
        put_decimal(&mut segment, "TAGE", 8, terms.net_days.as_ref());
        segment.put("ZTERM_TXT", 70, text);
        step(segment);
    }
}

/// The segments of a text: its head, its line, and their fields. Deliveries have others than orders.
pub(crate) struct Texts {
    pub head: &'static str,
    pub line: &'static str,
    pub language: &'static str,
    pub longest: usize,
}

impl Texts {
    pub(crate) fn read(&self, parent: &mut Segment) -> Vec<Note> {
        let mut list = Vec::new();
        for segment in parent.each(self.head) {
            let mut note =
                Note { code: segment.take("TDID"), language: segment.take(self.language), ..Note::default() };
            for line in segment.each(self.line) {
                let Some(text) = line.take("TDLINE") else { continue };
                // TDFORMAT `=`: goes on without a blank.
                let goes_on = line.take("TDFORMAT").as_deref() == Some("=");
                match note.lines.last_mut().filter(|_| goes_on) {
                    Some(last) => *last = Text::from(format!("{last}{text}")),
                    None => note.lines.push(text),
                }
            }
            list.push(note);
        }
        list.retain(|note| *note != Note::default());
        list
    }

    pub(crate) fn write(&self, out: &mut Segment, notes: &[Note], w: &Writing) {
        for note in notes.iter().filter(|note| !note.lines.is_empty()) {
            let mut head = Segment::new(self.head);
            let code = note.code.as_deref().filter(|code| w.ours && !code.is_empty());
            head.put("TDID", 4, code.unwrap_or("0001"));
            head.put(self.language, 2, note.language.as_deref());
            for text in &note.lines {
                let characters: Vec<char> = text.chars().collect();
                for (number, part) in characters.chunks(self.longest).enumerate() {
                    let mut line = Segment::new(self.line);
                    line.put("TDLINE", self.longest, part.iter().collect::<String>().as_str());
                    line.put("TDFORMAT", 2, if number == 0 { "*" } else { "=" });
                    head.push(line);
                }
            }
            out.push(head);
        }
    }
}

pub(crate) const HEADING_TEXTS: Texts =
    Texts { head: "E1EDKT1", line: "E1EDKT2", language: "TSSPRAS_ISO", longest: 70 };
pub(crate) const LINE_TEXTS: Texts =
    Texts { head: "E1EDPT1", line: "E1EDPT2", language: "TSSPRAS_ISO", longest: 70 };
