//! DELVRY03 as far as ship notice and warehouse shipping order share it: the heading E1EDL20 and the items E1EDL24, both ways.
//!
//! All segments stand within E1EDL20. The number of the delivery is VBELN where it has at most ten characters, and LIFEX.

use crate::block::Texts;
use crate::line::{describe, gtin_scheme, read_places, write_places};
use crate::party;
use crate::segment::Segment;
use crate::value::{Reading, Writing, put_date, put_moment};
use portway_documents::Text;
use portway_documents::date::{DateRole, DateTime};
use portway_documents::item::{Item, ProductId, ProductIdScheme, complete, identify};
use portway_documents::line::OrderReference;
use portway_documents::party::Party;
use portway_documents::quantity::{Decimal, Measurement, MeasurementKind, Quantity};
use portway_documents::reference::{IdScheme, Note, Reference, ReferenceKind};
use portway_documents::transport::{DeliveryTerms, Location, Place};

#[derive(Default)]
pub(crate) struct Heading {
    pub number: Text,
    /// E1EDL18 QUALF.
    pub action: Option<Text>,
    pub dates: Vec<DateTime>,
    pub references: Vec<Reference>,
    pub parties: Vec<Party>,
    pub notes: Vec<Note>,
    pub delivery_terms: Vec<DeliveryTerms>,
    pub measurements: Vec<Measurement>,
    /// ANZPK.
    pub packages: Option<Decimal>,
}

/// An item, E1EDL24.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Goods {
    pub number: Option<Text>,
    pub parent_number: Option<Text>,
    pub quantity: Option<Quantity>,
    pub item: Item,
    pub order: Option<OrderReference>,
    pub measurements: Vec<Measurement>,
    pub locations: Vec<Location>,
    pub dates: Vec<DateTime>,
    pub notes: Vec<Note>,
}

const WEIGHTS: [(&str, MeasurementKind); 2] =
    [("NTGEW", MeasurementKind::NetWeight), ("BTGEW", MeasurementKind::GrossWeight)];
const ITEM_WEIGHTS: [(&str, MeasurementKind); 2] =
    [("NTGEW", MeasurementKind::NetWeight), ("BRGEW", MeasurementKind::GrossWeight)];
const VOLUME: [(&str, MeasurementKind); 1] = [("VOLUM", MeasurementKind::Volume)];

const HEADING_TEXTS: Texts = Texts { head: "E1TXTH8", line: "E1TXTP8", language: "LANGUA_ISO", longest: 132 };
const ITEM_TEXTS: Texts = Texts { head: "E1TXTH9", line: "E1TXTP9", language: "LANGUA_ISO", longest: 132 };

impl Heading {
    pub(crate) fn read(delivery: &mut Segment, r: &mut Reading) -> Heading {
        let mut heading = Heading::default();
        let (own, external) = (delivery.take("VBELN"), delivery.take("LIFEX"));
        match (own, external) {
            (Some(own), Some(external)) if own != external => {
                heading.references.push(reference(ReferenceKind::Delivery, "LIFEX", external));
                heading.number = own;
            }
            (own, external) => heading.number = own.or(external).unwrap_or_default(),
        }
        if let Some(id) = delivery.take("BOLNR") {
            heading.references.push(reference(ReferenceKind::BillOfLading, "BOLNR", id));
        }
        heading.measurements = r.measurements(delivery, &WEIGHTS, "GEWEI");
        heading.measurements.extend(r.measurements(delivery, &VOLUME, "VOLEH"));
        heading.packages = r.decimal(delivery, "ANZPK");
        let terms = DeliveryTerms {
            code: delivery.take("INCO1"),
            location: delivery.take("INCO2").map(|t| Place { description: Some(t), ..Place::default() }),
            ..DeliveryTerms::default()
        };
        heading.delivery_terms.extend(Some(terms).filter(|terms| *terms != DeliveryTerms::default()));
        let actions = ["ORI", "CHG", "DEL"];
        for segment in delivery.each("E1EDL18") {
            if heading.action.is_none() && segment.get("QUALF").is_some_and(|code| actions.contains(&code)) {
                heading.action = segment.take("QUALF");
            }
        }
        heading.parties = party::read(delivery, "E1ADRM1", r);
        heading.dates = read_dates(delivery, r);
        heading.notes = HEADING_TEXTS.read(delivery);
        heading
    }

    /// The delivery without its items.
    pub(crate) fn write(&self, w: &Writing) -> Segment {
        let mut delivery = Segment::new("E1EDL20");
        delivery.put("VBELN", 10, self.number.as_str());
        if let Some(terms) = self.delivery_terms.first() {
            delivery.put("INCO1", 3, terms.code.as_deref());
            delivery.put("INCO2", 28, terms.location.as_ref().and_then(|l| l.description.as_deref()));
        }
        w.measurements(&mut delivery, &WEIGHTS, "GEWEI", &self.measurements);
        w.measurements(&mut delivery, &VOLUME, "VOLEH", &self.measurements);
        crate::value::put_decimal(&mut delivery, "ANZPK", 5, self.packages.as_ref());
        let of = |kind| self.references.iter().find(|r| r.kind == kind).and_then(|r| r.value.as_deref());
        delivery.put("BOLNR", 35, of(ReferenceKind::BillOfLading));
        // A number too long for VBELN has this place alone.
        let short = self.number.chars().count() <= 10;
        let external = of(ReferenceKind::Delivery).filter(|_| short);
        delivery.put("LIFEX", 35, external.unwrap_or(&self.number));
        if let Some(action) = self.action.as_deref() {
            let mut segment = Segment::new("E1EDL18");
            segment.put("QUALF", 3, action);
            delivery.push(segment);
        }
        party::write(&self.parties, "E1ADRM1", w).into_iter().for_each(|party| delivery.push(party));
        write_dates(&mut delivery, &self.dates, w);
        HEADING_TEXTS.write(&mut delivery, &self.notes, w);
        delivery
    }
}

impl Goods {
    pub(crate) fn read(segment: &mut Segment, r: &mut Reading) -> Goods {
        let mut goods = Goods {
            number: segment.take("POSNR").map(|n| unpadded(&n)),
            parent_number: segment.take("HIPOS").map(|n| unpadded(&n)).filter(|n| n != "0"),
            quantity: r.quantity(segment, "LFIMG", "VRKME"),
            ..Goods::default()
        };
        // The quantity in the unit of stock says nothing new where that is the unit of sale.
        if let Some(quantity) = goods.quantity.clone() {
            let came = quantity.original_unit.unwrap_or_default();
            if segment.get("MEINS") == Some(came.as_str()) {
                segment.used("MEINS");
                segment.take_if("LGMNG", &quantity.value.to_string());
            }
        }
        goods.item = read_item(segment, r);
        goods.measurements = r.measurements(segment, &ITEM_WEIGHTS, "GEWEI");
        goods.measurements.extend(r.measurements(segment, &VOLUME, "VOLEH"));
        goods.locations = read_places(segment);
        goods.dates = read_dates(segment, r);
        goods.order = read_order(segment, r);
        goods.notes = ITEM_TEXTS.read(segment);
        goods
    }

    pub(crate) fn write(&self, w: &Writing) -> Segment {
        let mut segment = Segment::new("E1EDL24");
        segment.put("POSNR", 6, self.number.as_deref().map(padded).as_deref());
        write_item(&mut segment, &self.item, w);
        w.quantity(&mut segment, "LFIMG", "VRKME", self.quantity.as_ref());
        w.measurements(&mut segment, &ITEM_WEIGHTS, "GEWEI", &self.measurements);
        w.measurements(&mut segment, &VOLUME, "VOLEH", &self.measurements);
        segment.put("HIPOS", 6, self.parent_number.as_deref().map(padded).as_deref());
        write_places(&mut segment, &self.locations);
        put_date(&mut segment, "VFDAT", self.item.expiry_date);
        write_order(&mut segment, self.order.as_ref());
        write_dates(&mut segment, &self.dates, w);
        ITEM_TEXTS.write(&mut segment, &self.notes, w);
        segment
    }
}

fn reference(kind: ReferenceKind, code: &'static str, value: Text) -> Reference {
    Reference { kind, kind_code: Text::new_static(code), value: Some(value), ..Reference::default() }
}

/// The seller's number of an item is that of SAP, MATNR, where SAP is the seller's; into SAP it is the buyer's.
fn number_schemes(scheme: IdScheme) -> (ProductIdScheme, ProductIdScheme) {
    match scheme {
        IdScheme::AssignedByBuyer => (ProductIdScheme::BuyerNumber, ProductIdScheme::SellerNumber),
        _ => (ProductIdScheme::SellerNumber, ProductIdScheme::BuyerNumber),
    }
}

fn read_item(segment: &mut Segment, r: &mut Reading) -> Item {
    let mut item = Item::default();
    let (own, other) = number_schemes(r.scheme);
    for (field, scheme) in [("MATNR", own), ("KDMAT", other)] {
        if let Some(id) = segment.take(field) {
            item.product_ids.push(ProductId { scheme, id, ..ProductId::default() });
        }
    }
    if let Some(id) = segment.take("EAN11") {
        item.product_ids.push(ProductId { scheme: gtin_scheme(&id), id, ..ProductId::default() });
    }
    if let Some(text) = segment.take("ARKTX") {
        describe(&mut item, text);
    }
    item.lot = segment.take("CHARG");
    item.expiry_date = r.date(segment, "VFDAT");
    identify(&mut item);
    item
}

fn write_item(segment: &mut Segment, item: &Item, w: &Writing) {
    let mut item = item.clone();
    complete(&mut item);
    let id = |schemes: &[ProductIdScheme]| {
        item.product_ids.iter().find(|p| schemes.contains(&p.scheme)).map(|p| p.id.as_str())
    };
    let (own, other) = number_schemes(w.scheme);
    segment.put("MATNR", 18, id(&[own]));
    segment.put("ARKTX", 40, item.descriptions.iter().find_map(|d| d.text.as_deref()));
    segment.put("CHARG", 10, item.lot.as_deref());
    segment.put("KDMAT", 35, id(&[other]));
    use ProductIdScheme as S;
    segment.put("EAN11", 18, id(&[S::Ean, S::Gtin, S::Upc, S::EanShort, S::UpcCase]));
}

/// E1EDL41 001 is the buyer's order, E1EDL43 `C` the seller's.
fn read_order(segment: &mut Segment, r: &mut Reading) -> Option<OrderReference> {
    let mut order = OrderReference::default();
    for part in segment.each("E1EDL41") {
        if part.get("QUALI") != Some("001") || order.number.is_some() {
            continue;
        }
        part.used("QUALI");
        order.number = part.take("BSTNR");
        order.date = r.date(part, "BSTDT");
        order.line_number = part.take("POSEX");
    }
    for part in segment.each("E1EDL43") {
        if part.get("QUALF") == Some("C") && order.seller_number.is_none() {
            part.used("QUALF");
            order.seller_number = part.take("BELNR");
        }
    }
    (order != OrderReference::default()).then_some(order)
}

fn write_order(segment: &mut Segment, order: Option<&OrderReference>) {
    let Some(order) = order else { return };
    let mut buyers = Segment::new("E1EDL41");
    buyers.put("QUALI", 3, "001");
    buyers.put("BSTNR", 35, order.number.as_deref());
    put_date(&mut buyers, "BSTDT", order.date);
    buyers.put("POSEX", 6, order.line_number.as_deref());
    if buyers.fields.len() > 1 {
        segment.push(buyers);
    }
    if let Some(number) = order.seller_number.as_deref() {
        let mut sellers = Segment::new("E1EDL43");
        sellers.put("QUALF", 1, "C");
        sellers.put("BELNR", 35, number);
        segment.push(sellers);
    }
}

/// E1EDT13: a day planned (NTANF) and one that was (ISDD) of each kind. 006 goods issue, 007 delivery.
const DAYS: [(&str, DateRole, DateRole); 2] = [
    ("006", DateRole::ScheduledShip, DateRole::Shipped),
    ("007", DateRole::ScheduledDelivery, DateRole::Delivered),
];
/// Roles that are only written so.
const PLANNED: [(DateRole, &str); 6] = [
    (DateRole::PromisedShip, "006"),
    (DateRole::EstimatedShip, "006"),
    (DateRole::RequestedShip, "006"),
    (DateRole::PromisedDelivery, "007"),
    (DateRole::EstimatedDelivery, "007"),
    (DateRole::RequestedDelivery, "007"),
];

fn read_dates(parent: &mut Segment, r: &mut Reading) -> Vec<DateTime> {
    let mut list = Vec::new();
    for segment in parent.each("E1EDT13") {
        let Some(code) = segment.get("QUALF").map(Text::new) else { continue };
        let known = DAYS.iter().find(|(known, ..)| *known == code);
        let roles =
            known.map_or((DateRole::Other, DateRole::Other), |(_, planned, actual)| (*planned, *actual));
        let planned = r.moment(segment, "NTANF", "NTANZ").map(|m| DateTime { role: roles.0, ..m });
        // Of a kind without a word one day alone can come back; the other is left.
        let actual = match (known, &planned) {
            (None, _) => None,
            _ => r.moment(segment, "ISDD", "ISDZ").map(|m| DateTime { role: roles.1, ..m }),
        };
        for moment in [planned, actual].into_iter().flatten() {
            segment.used("QUALF");
            list.push(DateTime { role_code: code.clone(), ..moment });
        }
    }
    list
}

fn write_dates(out: &mut Segment, dates: &[DateTime], w: &Writing) {
    for moment in dates.iter().filter(|m| m.date.is_some()) {
        let planned = DAYS.iter().find(|(_, planned, _)| *planned == moment.role).map(|(code, ..)| *code);
        let planned =
            planned.or_else(|| PLANNED.iter().find(|(role, _)| *role == moment.role).map(|(_, code)| *code));
        let actual = DAYS.iter().find(|(.., actual)| *actual == moment.role).map(|(code, ..)| *code);
        let own = Some(moment.role_code.as_str())
            .filter(|c| w.ours && moment.role == DateRole::Other && !c.is_empty());
        let Some(code) = planned.or(actual).or(own) else { continue };
        let (day, time) = if actual.is_some() { ("ISDD", "ISDZ") } else { ("NTANF", "NTANZ") };
        let mut segment = Segment::new("E1EDT13");
        segment.put("QUALF", 3, code);
        put_moment(&mut segment, day, time, moment);
        out.push(segment);
    }
}

/// POSNR has six digits.
pub(crate) fn padded(number: &str) -> String {
    match number.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("{number:0>6}"),
        false => number.to_owned(),
    }
}

pub(crate) fn unpadded(number: &str) -> Text {
    let digits = number.trim_start_matches('0');
    match number.bytes().all(|b| b.is_ascii_digit()) {
        true => Text::new(if digits.is_empty() { "0" } else { digits }),
        false => Text::new(number),
    }
}
