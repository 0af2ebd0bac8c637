//! The line that ORDERS and INVOIC share: E1EDP01 and the segments within it.
//!
//! What a document calls differently (its order, its amount, its schedule) it takes out of the parts itself.

use crate::block::{self, LINE_TEXTS};
use crate::party;
use crate::segment::Segment;
use crate::value::{Reading, Writing, put_decimal, put_money};
use portway_documents::Text;
use portway_documents::allowance::AllowanceCharge;
use portway_documents::date::{DateRole, DateTime};
use portway_documents::item::{Description, Item, ProductId, ProductIdScheme, identify};
use portway_documents::money::{Currency, Money, PaymentTerms, Price, PriceRole, QualifiedPrice, Tax};
use portway_documents::party::Party;
use portway_documents::quantity::{Measurement, MeasurementKind, Quantity};
use portway_documents::reference::{IdScheme, Identifier, Note, Reference};
use portway_documents::transport::{DeliveryTerms, Location, ScheduleLine};

#[derive(Default)]
pub(crate) struct Line {
    pub number: Option<Text>,
    pub action: Option<Text>,
    pub parent_number: Option<Text>,
    pub quantity: Option<Quantity>,
    pub price: Option<Price>,
    /// NETWR.
    pub net: Option<Money>,
    pub currency: Option<Currency>,
    pub prices: Vec<QualifiedPrice>,
    pub measurements: Vec<Measurement>,
    pub locations: Vec<Location>,
    pub references: Vec<Reference>,
    pub dates: Vec<DateTime>,
    pub taxes: Vec<Tax>,
    pub allowances_and_charges: Vec<AllowanceCharge>,
    /// E1EDP20.
    pub schedule: Vec<ScheduleLine>,
    pub parties: Vec<Party>,
    pub item: Item,
    pub payment_terms: Vec<PaymentTerms>,
    pub delivery_terms: Vec<DeliveryTerms>,
    pub notes: Vec<Note>,
}

/// The fields that have one name in the line and in the line of each document.
macro_rules! shared {
    (take $line:ident => $document:ident) => {
        $crate::line::shared!(@take $line $document number parent_number quantity price currency prices measurements locations references
            dates taxes allowances_and_charges parties item payment_terms delivery_terms notes)
    };
    (give $document:ident) => {
        $crate::line::shared!(@give $document number parent_number quantity price currency prices measurements locations references
            dates taxes allowances_and_charges parties item payment_terms delivery_terms notes)
    };
    (@take $line:ident $document:ident $($field:ident)+) => {
        $($document.$field = std::mem::take(&mut $line.$field);)+
    };
    (@give $document:ident $($field:ident)+) => {
        $crate::line::Line { $($field: $document.$field.clone(),)+ ..Default::default() }
    };
}
pub(crate) use shared;

const WEIGHTS: [(&str, MeasurementKind); 2] =
    [("NTGEW", MeasurementKind::NetWeight), ("BRGEW", MeasurementKind::GrossWeight)];
pub(crate) const PLACES: [(&str, IdScheme, usize); 2] =
    [("WERKS", IdScheme::Plant, 4), ("LGORT", IdScheme::Warehouse, 4)];

impl Line {
    /// `schedule` is what a day in E1EDP20 means.
    pub(crate) fn read(segment: &mut Segment, r: &mut Reading, schedule: DateRole) -> Line {
        let currency = segment.take("CURCY");
        let outer = r.currency.clone();
        if currency.is_some() {
            r.currency = currency.clone();
        }
        let mut line = Line {
            number: segment.take("POSEX"),
            action: segment.take("ACTION"),
            parent_number: segment.take("UEPOS"),
            quantity: r.quantity(segment, "MENGE", "MENEE"),
            net: r.money(segment, "NETWR"),
            // The currency of the heading once more is none of the line's own.
            currency: currency
                .filter(|c| Some(c) != outer.as_ref())
                .map(|code| Currency { code, ..Currency::default() }),
            measurements: r.measurements(segment, &WEIGHTS, "GEWEI"),
            locations: read_places(segment),
            references: block::read_references(segment, "E1EDP02", r),
            dates: block::read_dates(segment, "E1EDP03", r),
            taxes: block::read_taxes(segment, "E1EDP04", r),
            allowances_and_charges: block::read_conditions(segment, "E1EDP05", r),
            parties: party::read(segment, "E1EDPA1", r),
            delivery_terms: block::read_delivery_terms(segment, "E1EDP17"),
            payment_terms: block::read_payment_terms(segment, "E1EDP18", r),
            notes: LINE_TEXTS.read(segment),
            ..Line::default()
        };
        line.price = read_price(segment, r, line.quantity.as_ref());
        if let Some(amount) = r.decimal(segment, "PREIS") {
            let price = Price { amount, currency: r.currency.clone(), ..Price::default() };
            line.prices.push(QualifiedPrice {
                role: PriceRole::Gross,
                price: Some(price),
                ..Default::default()
            });
        }
        let unit = line.quantity.clone().unwrap_or_default();
        for part in segment.each("E1EDP20") {
            line.schedule.extend(read_schedule(part, r, &unit, schedule));
        }
        line.item = read_item(segment);
        r.currency = outer;
        line
    }

    pub(crate) fn write(&self, w: &Writing) -> Segment {
        let mut segment = Segment::new("E1EDP01");
        segment.put("POSEX", 6, self.number.as_deref());
        segment.put("ACTION", 3, self.action.as_deref());
        w.quantity(&mut segment, "MENGE", "MENEE", self.quantity.as_ref());
        if let Some(price) = &self.price {
            let unit = w.unit(price.base_unit.as_deref(), price.original_base_unit.as_deref());
            segment.put("PMENE", 3, unit.as_deref());
            put_decimal(&mut segment, "VPREI", 15, Some(&price.amount));
            put_decimal(&mut segment, "PEINH", 9, price.base_quantity.as_ref());
        }
        put_money(&mut segment, "NETWR", self.net.as_ref());
        segment.put("CURCY", 3, self.currency.as_ref().map(|c| c.code.as_str()));
        let gross = self.prices.iter().find(|p| p.role == PriceRole::Gross).and_then(|p| p.price.as_ref());
        put_decimal(&mut segment, "PREIS", 18, gross.map(|p| &p.amount));
        w.measurements(&mut segment, &WEIGHTS, "GEWEI", &self.measurements);
        segment.put("MATKL", 9, id_of(&self.item, ProductIdScheme::CommodityGroup));
        segment.put("UEPOS", 6, self.parent_number.as_deref());
        write_places(&mut segment, &self.locations);
        block::write_references(&mut segment, "E1EDP02", &self.references, w);
        block::write_dates(&mut segment, "E1EDP03", &self.dates, w);
        block::write_taxes(&mut segment, "E1EDP04", &self.taxes, w);
        block::write_conditions(&mut segment, "E1EDP05", &self.allowances_and_charges, w);
        for part in &self.schedule {
            segment.push(write_schedule(part));
        }
        party::write(&self.parties, "E1EDPA1", w).into_iter().for_each(|party| segment.push(party));
        write_item(&mut segment, &self.item);
        block::write_delivery_terms(&mut segment, "E1EDP17", &self.delivery_terms);
        block::write_payment_terms(&mut segment, "E1EDP18", &self.payment_terms);
        LINE_TEXTS.write(&mut segment, &self.notes, w);
        segment
    }
}

fn read_price(segment: &mut Segment, r: &mut Reading, quantity: Option<&Quantity>) -> Option<Price> {
    let amount = r.decimal(segment, "VPREI")?;
    let (base_unit, original_base_unit) = r.unit(segment, "PMENE");
    // The quantity in the unit of the price says nothing new where that is the unit of the line.
    if let Some(quantity) = quantity.filter(|q| q.unit == base_unit) {
        segment.take_if("BMNG2", &quantity.value.to_string());
    }
    let base_quantity = r.decimal(segment, "PEINH");
    let currency = r.currency.clone();
    Some(Price { amount, currency, base_quantity, base_unit, original_base_unit, ..Price::default() })
}

fn read_schedule(
    segment: &mut Segment,
    r: &mut Reading,
    of_line: &Quantity,
    role: DateRole,
) -> Option<ScheduleLine> {
    let value = r.decimal(segment, "WMENG")?;
    let quantity = Quantity { value, ..of_line.clone() };
    let moment = r.moment(segment, "EDATU", "EZEIT").map(|moment| DateTime { role, ..moment });
    Some(ScheduleLine { quantity, dates: moment.into_iter().collect(), ..ScheduleLine::default() })
}

fn write_schedule(part: &ScheduleLine) -> Segment {
    let mut segment = Segment::new("E1EDP20");
    put_decimal(&mut segment, "WMENG", 15, Some(&part.quantity.value));
    if let Some(moment) = part.dates.first() {
        crate::value::put_moment(&mut segment, "EDATU", "EZEIT", moment);
    }
    segment
}

pub(crate) fn read_places(segment: &mut Segment) -> Vec<Location> {
    let place = |(field, scheme, _): &(&'static str, IdScheme, usize)| {
        let id = segment.take(field)?;
        let id = Some(Identifier { scheme: *scheme, id, ..Identifier::default() });
        Some(Location { role_code: Text::new_static(field), id, ..Location::default() })
    };
    PLACES.iter().filter_map(place).collect()
}

pub(crate) fn write_places(segment: &mut Segment, locations: &[Location]) {
    for (field, scheme, longest) in PLACES {
        let of_scheme = locations.iter().filter_map(|l| l.id.as_ref()).find(|id| id.scheme == scheme);
        segment.put(field, longest, of_scheme.map(|id| id.id.as_str()));
    }
}

/// The numbers of E1EDP19: the buyer's, the seller's, the GTIN, the manufacturer's, the lot.
const NUMBERS: [(&str, &[ProductIdScheme]); 5] = [
    ("001", &[ProductIdScheme::BuyerNumber, ProductIdScheme::BuyerPart, ProductIdScheme::BuyerCatalog]),
    ("002", &[ProductIdScheme::SellerNumber, ProductIdScheme::SellerPart, ProductIdScheme::SellerCatalog]),
    (
        "003",
        &[
            ProductIdScheme::Ean,
            ProductIdScheme::Gtin,
            ProductIdScheme::Upc,
            ProductIdScheme::EanShort,
            ProductIdScheme::UpcCase,
        ],
    ),
    ("004", &[ProductIdScheme::ManufacturerNumber]),
    ("010", &[ProductIdScheme::Lot]),
];

fn read_item(line: &mut Segment) -> Item {
    let mut item = Item::default();
    for segment in line.each("E1EDP19") {
        let Some(code) = segment.get("QUALF").map(Text::new) else { continue };
        if let Some(text) = segment.take("KTEXT") {
            describe(&mut item, text);
        }
        let Some((_, schemes)) = NUMBERS.iter().find(|(known, _)| *known == code) else {
            if let Some(id) = segment.take("IDTNR") {
                segment.used("QUALF");
                item.product_ids.push(ProductId { id, scheme_code: code, ..ProductId::default() });
            }
            continue;
        };
        segment.used("QUALF");
        let Some(id) = segment.take("IDTNR") else { continue };
        if code == "010" {
            item.lot = Some(id);
            continue;
        }
        let scheme = if code == "003" { gtin_scheme(&id) } else { schemes[0] };
        item.product_ids.push(ProductId { scheme, scheme_code: code, id, ..ProductId::default() });
    }
    if let Some(id) = line.take("MATKL") {
        let (scheme, scheme_code) = (ProductIdScheme::CommodityGroup, Text::new_static("MATKL"));
        item.product_ids.push(ProductId { scheme, scheme_code, id, ..ProductId::default() });
    }
    identify(&mut item);
    item
}

/// Which GTIN it is, by its length.
pub(crate) fn gtin_scheme(id: &str) -> ProductIdScheme {
    match id.len() {
        14 => ProductIdScheme::Gtin,
        12 => ProductIdScheme::Upc,
        8 => ProductIdScheme::EanShort,
        _ => ProductIdScheme::Ean,
    }
}

pub(crate) fn describe(item: &mut Item, text: Text) {
    if !item.descriptions.iter().any(|d| d.text.as_ref() == Some(&text)) {
        let form_code = Text::new_static("F");
        item.descriptions.push(Description { form_code, text: Some(text), ..Description::default() });
    }
}

pub(crate) fn id_of(item: &Item, scheme: ProductIdScheme) -> Option<&str> {
    item.product_ids.iter().find(|p| p.scheme == scheme).map(|p| p.id.as_str())
}

fn write_item(out: &mut Segment, item: &Item) {
    let mut item = item.clone();
    portway_documents::item::complete(&mut item);
    let mut text = item.descriptions.iter().find_map(|d| d.text.as_deref());
    let mut put = |code: &str, id: Option<&str>, text: Option<&str>| {
        let mut segment = Segment::new("E1EDP19");
        segment.put("QUALF", 3, code);
        segment.put("IDTNR", 35, id);
        segment.put("KTEXT", 70, text);
        out.push(segment);
    };
    for id in &item.product_ids {
        let known = NUMBERS.iter().find(|(code, schemes)| *code != "010" && schemes.contains(&id.scheme));
        // A qualifier without a word of ours.
        let own = Some(id.scheme_code.as_str()).filter(|code| {
            id.scheme == ProductIdScheme::Other && code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit())
        });
        if let Some(code) = known.map(|(code, _)| *code).or(own) {
            put(code, Some(&id.id), text.take());
        }
    }
    if let Some(text) = text {
        put("002", None, Some(text));
    }
    if let Some(lot) = item.lot.as_deref() {
        put("010", Some(lot), None);
    }
}
