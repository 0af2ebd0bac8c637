//! DELVRY03 with message DESADV: the ship notice, both ways.
//!
//! E1EDL24 is an item, E1EDL37 a handling unit with its SSCC (EXIDV), E1EDL44 within it what it holds: an item by its number and
//! quantity (VELIN 1), or another unit by its SSCC (VELIN 3). The document has items within packages; so an item packed into several
//! stands in each with its part, and what is not packed stands beside the packages.

use crate::codes::DELIVERY_PURPOSE;
use crate::delivery::{Goods, Heading, padded, unpadded};
use crate::segment::Segment;
use crate::value::{Reading, Writing};
use portway_documents::heading::Purpose;
use portway_documents::package::Package;
use portway_documents::quantity::{Decimal, Quantity};
use portway_documents::reference::{CodeList, Identity, IdentityKind};
use portway_documents::ship_notice::{Level, LevelKind, ShippedLine};
use portway_documents::{SCHEMA_VERSION, ShipNotice, Text};

/// An SSCC with its application identifier has 20 digits in EXIDV; without it 18.
const SSCC: usize = 18;
/// No IDoc nests deeper; a notice that does is cut there, and told.
const DEEPEST: usize = 8;

pub(crate) fn read(root: &mut Segment, r: &mut Reading) -> ShipNotice {
    let mut notice = ShipNotice { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    notice.code_list = Some(CodeList::Idoc);
    notice.purpose = Purpose::Original;
    for delivery in root.each("E1EDL20").take(1) {
        let heading = Heading::read(delivery, r);
        notice.number = heading.number;
        if let Some(code) = heading.action {
            (notice.purpose, notice.purpose_code) = ((DELIVERY_PURPOSE.word)(&code), code);
        }
        notice.dates = heading.dates;
        notice.references = heading.references;
        notice.parties = heading.parties;
        notice.notes = heading.notes;
        notice.delivery_terms = heading.delivery_terms;
        notice.measurements = heading.measurements;
        notice.totals.package_count = heading.packages.map(|value| Quantity { value, ..Quantity::default() });
        let goods: Vec<Goods> = delivery.each("E1EDL24").map(|item| Goods::read(item, r)).collect();
        let units: Vec<Unit> = delivery.each("E1EDL37").map(|unit| Unit::read(unit, r)).collect();
        notice.contents = contents(&goods, units);
    }
    notice
}

/// A handling unit.
struct Unit {
    package: Package,
    holds: Vec<Held>,
}

/// What a unit holds: so much of an item, or another unit.
enum Held {
    Item(Text, Quantity),
    Unit(Text),
}

impl Unit {
    fn read(segment: &mut Segment, r: &mut Reading) -> Unit {
        let id = segment.take("EXIDV").map(|id| Text::new(sscc(&id)));
        let mut package = Package { sscc: id.clone(), ..Package::default() };
        package.identities.extend(id.map(|value| Identity {
            kind: IdentityKind::Sscc,
            value,
            ..Identity::default()
        }));
        package.kind_code = segment.take("VHILM");
        let unit = segment.get("GEWEI").map(Text::new);
        for (field, weight) in [("BRGEW", &mut package.gross_weight), ("NTGEW", &mut package.net_weight)] {
            *weight = r.quantity(segment, field, "GEWEI");
            // The unit is that of both.
            if let (Some(weight), Some(unit)) = (weight, &unit)
                && weight.original_unit.is_none()
            {
                weight.unit =
                    portway_documents::edifact::units::recommendation_20(unit).map(Text::new_static);
                weight.original_unit = Some(unit.clone());
            }
        }
        let mut holds = Vec::new();
        for part in segment.each("E1EDL44") {
            match part.get("POSNR").map(unpadded).filter(|n| n != "0") {
                Some(number) => {
                    let Some(quantity) = r.quantity(part, "VEMNG", "VEMEH") else { continue };
                    part.used("POSNR");
                    holds.push(Held::Item(number, quantity));
                }
                None => {
                    let Some(inner) = part.take("EXIDV") else { continue };
                    holds.push(Held::Unit(Text::new(sscc(&inner))));
                }
            }
            part.used("VELIN");
            part.used("VBELN");
        }
        Unit { package, holds }
    }
}

fn sscc(id: &str) -> &str {
    match id.strip_prefix("00") {
        Some(without) if without.len() == SSCC => without,
        _ => id,
    }
}

/// Items within packages, the packages that stand in no other outermost; then what is not packed.
fn contents(goods: &[Goods], units: Vec<Unit>) -> Vec<Level> {
    let mut packed: Vec<Decimal> = vec![Decimal::ZERO; goods.len()];
    for held in units.iter().flat_map(|unit| &unit.holds) {
        let Held::Item(number, quantity) = held else { continue };
        if let Some(at) = goods.iter().position(|g| g.number.as_ref() == Some(number)) {
            packed[at] = packed[at].checked_add(quantity.value).unwrap_or(Decimal::MAX);
        }
    }
    let held_units = units.iter().flat_map(|unit| &unit.holds).filter_map(|held| match held {
        Held::Unit(id) => Some(id.clone()),
        Held::Item(..) => None,
    });
    let inner: Vec<Text> = held_units.collect();
    let is_inner = |unit: &Unit| unit.package.sscc.as_ref().is_some_and(|id| inner.contains(id));
    let outermost: Vec<bool> = units.iter().map(|unit| !is_inner(unit)).collect();
    let mut waiting: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    let mut levels = Vec::new();
    for (at, outer) in outermost.into_iter().enumerate() {
        if let Some(unit) = waiting[at].take_if(|_| outer) {
            levels.push(level(unit, &mut waiting, goods, 1));
        }
    }
    // Units that stand in each other in a circle, or too deep.
    for at in 0..waiting.len() {
        if let Some(unit) = waiting[at].take() {
            levels.push(level(unit, &mut waiting, goods, 1));
        }
    }
    for (item, packed) in goods.iter().zip(packed) {
        let shipped = item.quantity.as_ref().map_or(Decimal::ZERO, |q| q.value);
        if packed.is_zero() {
            levels.push(item_level(item, item.quantity.clone()));
        } else if packed < shipped {
            let value = shipped - packed;
            levels.push(item_level(item, item.quantity.clone().map(|q| Quantity { value, ..q })));
        }
    }
    levels
}

fn level(unit: Unit, waiting: &mut [Option<Unit>], goods: &[Goods], depth: usize) -> Level {
    let holds_units = unit.holds.iter().any(|held| matches!(held, Held::Unit(_)));
    let kind = if holds_units { LevelKind::Pallet } else { LevelKind::Package };
    let mut level = Level { kind, packages: vec![unit.package], ..Level::default() };
    for held in unit.holds {
        level.contents.push(match held {
            Held::Unit(id) => inner_level(id, waiting, goods, depth),
            Held::Item(number, quantity) => {
                let nameless = Goods { number: Some(number.clone()), ..Goods::default() };
                let item = goods.iter().find(|g| g.number.as_ref() == Some(&number));
                item_level(item.unwrap_or(&nameless), Some(quantity))
            }
        });
    }
    level
}

/// The unit of an SSCC; one that did not come, came before or is too deep is its SSCC alone.
fn inner_level(id: Text, waiting: &mut [Option<Unit>], goods: &[Goods], depth: usize) -> Level {
    let is =
        |unit: &&mut Option<Unit>| unit.as_ref().is_some_and(|u: &Unit| u.package.sscc.as_ref() == Some(&id));
    match waiting.iter_mut().find(is).filter(|_| depth < DEEPEST).and_then(Option::take) {
        Some(inner) => level(inner, waiting, goods, depth + 1),
        None => Level {
            kind: LevelKind::Package,
            packages: vec![Package { sscc: Some(id), ..Package::default() }],
            ..Level::default()
        },
    }
}

fn item_level(goods: &Goods, quantity: Option<Quantity>) -> Level {
    let goods = goods.clone();
    let line = ShippedLine {
        number: goods.number,
        parent_number: goods.parent_number,
        quantity,
        item: goods.item,
        order: goods.order,
        ..ShippedLine::default()
    };
    Level {
        kind: LevelKind::Item,
        line: Some(line),
        measurements: goods.measurements,
        locations: goods.locations,
        dates: goods.dates,
        notes: goods.notes,
        ..Level::default()
    }
}

pub(crate) fn write(notice: &ShipNotice, root: &mut Segment, w: &Writing) {
    let heading = Heading {
        number: notice.number.clone(),
        // A delivery that says nothing else is new.
        action: DELIVERY_PURPOSE
            .written(notice.purpose, &notice.purpose_code, w.ours)
            .or(Some(Text::new_static("ORI"))),
        dates: notice.dates.clone(),
        references: notice.references.clone(),
        parties: notice.parties.clone(),
        notes: notice.notes.clone(),
        delivery_terms: notice.delivery_terms.clone(),
        measurements: notice.measurements.clone(),
        packages: notice.totals.package_count.as_ref().map(|q| q.value),
    };
    let mut delivery = heading.write(w);
    let mut packing = Packing { notice, w, goods: Vec::new(), units: Vec::new() };
    for level in &notice.contents {
        packing.level(level, None, None, 0);
    }
    let Packing { goods, units, .. } = packing;
    goods.iter().for_each(|item| delivery.push(item.write(w)));
    units.into_iter().for_each(|unit| delivery.push(unit));
    root.push(delivery);
}

/// Items and units on their way out of the tree.
struct Packing<'n> {
    notice: &'n ShipNotice,
    w: &'n Writing,
    goods: Vec<Goods>,
    units: Vec<Segment>,
}

impl Packing<'_> {
    /// `order_id` is that of the level around; `unit` the place of the unit that holds it.
    fn level(&mut self, level: &Level, order_id: Option<&str>, unit: Option<usize>, depth: usize) {
        if depth > 3 * DEEPEST {
            return;
        }
        let order_id = level.order_id.as_deref().or(order_id);
        let mut unit = unit;
        if level.line.is_some() {
            self.item(level, order_id, unit);
        } else if let Some(package) = level.packages.first()
            && matches!(
                level.kind,
                LevelKind::Pallet | LevelKind::Package | LevelKind::Subpackage | LevelKind::Container
            )
        {
            unit = Some(self.unit(package, unit));
        }
        for inner in &level.contents {
            self.level(inner, order_id, unit, depth + 1);
        }
    }

    /// An item that came before, by number and in all it says, is the same with more of it.
    fn item(&mut self, level: &Level, order_id: Option<&str>, unit: Option<usize>) {
        let Some(line) = &level.line else { return };
        let of_order =
            || self.notice.orders.iter().find(|o| o.level_id.as_deref() == order_id && order_id.is_some());
        let order = line.order.clone().or_else(|| level.order.clone());
        let order =
            order.or_else(|| of_order().and_then(|o| o.order.clone())).or_else(|| self.notice.order.clone());
        let mut goods = Goods {
            number: line.number.clone(),
            parent_number: line.parent_number.clone(),
            quantity: line.quantity.clone(),
            item: line.item.clone(),
            order,
            measurements: level.measurements.clone(),
            locations: level.locations.clone(),
            dates: level.dates.clone(),
            notes: level.notes.clone(),
        };
        let unit_of = |q: &Option<Quantity>| q.as_ref().and_then(|q| q.unit.clone());
        let same = |other: &Goods| {
            goods.number.is_some()
                && goods.number == other.number
                && goods.item == other.item
                && goods.order == other.order
                && unit_of(&goods.quantity) == unit_of(&other.quantity)
        };
        let at = match self.goods.iter().position(same) {
            Some(at) => {
                let more = goods.quantity.as_ref().map_or(Decimal::ZERO, |q| q.value);
                if let Some(all) = self.goods[at].quantity.as_mut() {
                    all.value = all.value.checked_add(more).unwrap_or(all.value);
                }
                at
            }
            None => {
                let taken = |number: &Option<Text>| self.goods.iter().any(|other| other.number == *number);
                if goods.number.is_none() || taken(&goods.number) {
                    // Items need numbers to be packed by.
                    let free = (1..).map(|n: u32| Some(Text::from(n.to_string()))).find(|n| !taken(n));
                    goods.number = free.flatten();
                }
                self.goods.push(goods);
                self.goods.len() - 1
            }
        };
        if let Some(unit) = unit {
            let mut part = Segment::new("E1EDL44");
            part.put("VELIN", 1, "1");
            part.put("VBELN", 10, self.notice.number.as_str());
            part.put("POSNR", 6, self.goods[at].number.as_deref().map(padded).as_deref());
            self.w.quantity(&mut part, "VEMNG", "VEMEH", line.quantity.as_ref());
            self.units[unit].push(part);
        }
    }

    fn unit(&mut self, package: &Package, around: Option<usize>) -> usize {
        let marked =
            package.identities.iter().find(|i| i.kind == IdentityKind::Sscc).map(|i| i.value.clone());
        let id = package.sscc.clone().or(marked);
        let external = id.as_deref().map(|id| match id.len() {
            SSCC => format!("00{id}"),
            _ => id.to_owned(),
        });
        let mut segment = Segment::new("E1EDL37");
        segment.put("EXIDV", 20, external.as_deref());
        segment.put("VHILM", 18, package.kind_code.as_deref().filter(|_| self.w.ours));
        let weights = [("BRGEW", &package.gross_weight), ("NTGEW", &package.net_weight)];
        let mut shared: Option<Text> = None;
        for (field, weight) in weights {
            let Some(weight) = weight else { continue };
            let unit =
                self.w.unit(weight.unit.as_deref(), weight.original_unit.as_deref()).unwrap_or_default();
            if *shared.get_or_insert_with(|| unit.clone()) == unit {
                crate::value::put_decimal(&mut segment, field, 15, Some(&weight.value));
            }
        }
        segment.put("GEWEI", 3, shared.as_deref());
        if let (Some(around), Some(external)) = (around, &external) {
            let mut part = Segment::new("E1EDL44");
            part.put("VELIN", 1, "3");
            part.put("EXIDV", 20, external.as_str());
            // A number of which nothing can be written names no unit.
            if part.get("EXIDV").is_some() {
                self.units[around].push(part);
            }
        }
        self.units.push(segment);
        self.units.len() - 1
    }
}
