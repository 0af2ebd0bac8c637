//! Orders, out of the hierarchy and back into it.
//!
//! An 856 has orders as levels, above packages or below them as partners agreed; a notice lists them beside what lies in what, and
//! each item names its order by its key. [`lift`] takes the order levels out, [`hang`] puts them back: as high as all goods below
//! are for one order, or right above the items where the structure says so.
//!
//! Never fails. An order that no goods are for keeps its place in the list, and is written as a level without contents.

use super::{Level, LevelKind, ShipNotice, ShippedLine};
use crate::Text;
use crate::line::OrderReference;
use std::collections::HashSet;

/// Takes the order levels out of the tree. Returns true if one of them stood within a package.
pub(super) fn lift(notice: &mut ShipNotice) -> bool {
    let mut lifting = Lifting { orders: std::mem::take(&mut notice.orders), within_package: false };
    let contents = std::mem::take(&mut notice.contents);
    notice.contents = lifting.levels(contents, None, Place { in_package: false, in_item: false });
    notice.orders = lifting.orders;
    lifting.within_package
}

struct Lifting {
    orders: Vec<Level>,
    within_package: bool,
}

#[derive(Clone, Copy)]
struct Place {
    in_package: bool,
    in_item: bool,
}

impl Lifting {
    fn levels(&mut self, levels: Vec<Level>, order: Option<&Text>, place: Place) -> Vec<Level> {
        let mut out = Vec::new();
        let siblings = self.orders.len();
        for mut level in levels {
            let contents = std::mem::take(&mut level.contents);
            if level.kind == LevelKind::Order && level.line.is_none() && !place.in_item {
                self.within_package |= place.in_package;
                let id = self.key_of(level, !contents.is_empty(), siblings);
                out.append(&mut self.levels(contents, Some(&id), place));
                continue;
            }
            let in_item = place.in_item || is_item(&level);
            let in_package = place.in_package || (!in_item && level.kind != LevelKind::Shipment);
            level.contents = self.levels(contents, order, Place { in_package, in_item });
            if is_item(&level) || !(place.in_item || level.contents.iter().any(names_order)) {
                level.order_id = order.cloned();
            }
            self.name_order(&mut level);
            out.push(level);
        }
        out
    }

    /// The key of an order. One that came before, elsewhere in the tree and with the same said of it, is the same order: goods of
    /// one order may stand in several places.
    fn key_of(&mut self, mut order: Level, has_contents: bool, siblings: usize) -> Text {
        if has_contents {
            let alike = |other: &&Level| {
                let key = (order.level_id.clone(), order.order_id.clone());
                Level { level_id: key.0, order_id: key.1, ..(*other).clone() } == order
            };
            if let Some(same) = self.orders.iter().take(siblings).find(alike) {
                return same.order_id.clone().unwrap_or_default();
            }
        }
        let key = Text::new((self.orders.len() + 1).to_string());
        order.order_id = Some(key.clone());
        self.orders.push(order);
        key
    }

    /// The order a line is for stands with the line too.
    fn name_order(&self, level: &mut Level) {
        let Some(order) = order_of(&self.orders, level).and_then(|o| o.order.as_ref()) else { return };
        let order = order.clone();
        if let Some(line) = &mut level.line {
            let own = line.order.get_or_insert_default();
            if own.number.is_none() {
                // The line of an order is told with each line of the notice.
                let line_number = own.line_number.take();
                *own = OrderReference { line_number, ..order };
            }
        }
    }
}

pub(super) fn is_item(level: &Level) -> bool {
    level.line.is_some() || level.kind == LevelKind::Item
}

fn names_order(level: &Level) -> bool {
    level.order_id.is_some() || level.contents.iter().any(names_order)
}

pub(super) fn order_of<'a>(orders: &'a [Level], level: &Level) -> Option<&'a Level> {
    let key = level.order_id.as_ref()?;
    orders.iter().find(|order| order.order_id.as_ref() == Some(key))
}

/// True if `own` says nothing of the order that `order` does not: the line of it aside.
pub(super) fn is_same(own: &OrderReference, order: &OrderReference) -> bool {
    let within = |own: &Option<Text>, order: &Option<Text>| own.is_none() || own == order;
    within(&own.number, &order.number)
        && within(&own.release_number, &order.release_number)
        && within(&own.change_number, &order.change_number)
        && (own.date.is_none() || own.date == order.date)
        && within(&own.contract_number, &order.contract_number)
        && within(&own.kind_code, &order.kind_code)
        && within(&own.seller_number, &order.seller_number)
}

/// Gives each order a key, each line that names an order its entry in the list, and each line that has a key the order's number.
pub(super) fn list(notice: &mut ShipNotice) {
    for at in 0..notice.orders.len() {
        if notice.orders[at].order_id.is_none() {
            notice.orders[at].order_id = Some(free_key(&notice.orders));
        }
    }
    let mut orders = std::mem::take(&mut notice.orders);
    each(&mut notice.contents, &mut |level| list_level(&mut orders, level));
    notice.orders = orders;
}

fn list_level(orders: &mut Vec<Level>, level: &mut Level) {
    if order_of(orders, level).is_some() {
        return;
    }
    let named = |line: &ShippedLine| line.order.clone().filter(|o| o.number.is_some());
    let Some(order) = level.line.as_ref().and_then(named) else { return };
    let alike = |o: &&Level| {
        o.order.as_ref().is_some_and(|o| o.number == order.number && o.release_number == order.release_number)
    };
    let key = match orders.iter().find(alike) {
        Some(same) => same.order_id.clone(),
        None => {
            let key = Some(free_key(orders));
            orders.push(Level {
                kind: LevelKind::Order,
                order_id: key.clone(),
                order: Some(OrderReference { line_number: None, ..order }),
                ..Level::default()
            });
            key
        }
    };
    level.order_id = key;
}

/// Orders of one number are one where a standard names them by their number alone.
pub(super) fn join(notice: &mut ShipNotice) {
    let mut orders: Vec<Level> = Vec::new();
    let mut keys: Vec<(Option<Text>, Option<Text>)> = Vec::new();
    for order in std::mem::take(&mut notice.orders) {
        let number = |level: &Level| level.order.as_ref().and_then(|o| o.number.clone());
        let same = orders.iter().find(|o| number(o).is_some() && number(o) == number(&order));
        match same {
            Some(same) => keys.push((order.order_id, same.order_id.clone())),
            None => orders.push(order),
        }
    }
    notice.orders = orders;
    each(&mut notice.contents, &mut |level| {
        if let Some((_, same)) = keys.iter().find(|(key, _)| level.order_id.is_some() && *key == level.order_id) {
            level.order_id = same.clone();
        }
    });
}

fn free_key(orders: &[Level]) -> Text {
    let mut number = orders.len() + 1;
    loop {
        let key = Text::new(number.to_string());
        if !orders.iter().any(|o| o.order_id.as_ref() == Some(&key)) {
            return key;
        }
        number += 1;
    }
}

/// Every level, the outer before the inner.
pub(super) fn each(levels: &mut [Level], visit: &mut dyn FnMut(&mut Level)) {
    for level in levels {
        visit(level);
        each(&mut level.contents, visit);
    }
}

/// Puts the orders into the tree. `lowest`: right above the items.
pub(super) fn hang(notice: &mut ShipNotice, lowest: bool) {
    list(notice);
    let mut hanging = Hanging { orders: std::mem::take(&mut notice.orders), used: HashSet::new(), lowest };
    let contents = std::mem::take(&mut notice.contents);
    notice.contents = hanging.levels(contents);
    let Hanging { orders, used, .. } = hanging;
    notice
        .contents
        .extend(orders.into_iter().filter(|o| !o.order_id.as_ref().is_some_and(|key| used.contains(key))));
}

struct Hanging {
    orders: Vec<Level>,
    used: HashSet<Text>,
    lowest: bool,
}

impl Hanging {
    fn levels(&mut self, levels: Vec<Level>) -> Vec<Level> {
        let mut out: Vec<Level> = Vec::new();
        for mut level in levels {
            let holds = level.kind == LevelKind::Shipment || (!is_item(&level) && !level.contents.is_empty());
            let mut keys = Vec::new();
            keys_of(&level, &mut keys);
            let order = match keys.as_slice() {
                [Some(key)] if level.kind != LevelKind::Shipment && !(self.lowest && holds) => {
                    self.orders.iter().find(|o| o.order_id.as_ref() == Some(key)).cloned()
                }
                _ => None,
            };
            let Some(order) = order else {
                if holds || keys.len() > 1 {
                    level.contents = self.levels(std::mem::take(&mut level.contents));
                }
                out.push(level);
                continue;
            };
            self.used.extend(order.order_id.clone());
            let open =
                out.iter_mut().rev().find(|o| o.kind == LevelKind::Order && o.order_id == order.order_id);
            match open {
                Some(open) => open.contents.push(level),
                None => out.push(Level { contents: vec![level], kind: LevelKind::Order, ..order }),
            }
        }
        out
    }
}

/// The orders that a level and what is in it are for; `None` stands for items without one.
pub(super) fn keys_of(level: &Level, keys: &mut Vec<Option<Text>>) {
    let mut own = |key: Option<&Text>| {
        if !keys.iter().any(|k| k.as_ref() == key) {
            keys.push(key.cloned());
        }
    };
    if level.order_id.is_some() || is_item(level) {
        own(level.order_id.as_ref());
    }
    let within = is_item(level);
    for inner in &level.contents {
        // Packages of an item are for its order.
        if !within || inner.order_id.is_some() {
            keys_of(inner, keys);
        }
    }
}
