//! Orders, out of the hierarchy and back into it.
//!
//! An 856 has orders as levels, above packages or below them as partners agreed; a notice lists them beside what lies in what, and
//! each item names its order by its key. [`lift`] takes the order levels out, [`hang`] puts them back: as high as all goods below
//! are for one order, or right above the items where the structure says so.
//!
//! Never fails. An order that no goods are for keeps its place in the list, and is written as a level without contents.

use super::{Level, LevelKind, ShipNotice};
use crate::Text;
use crate::line::OrderReference;
use std::collections::{HashMap, HashSet};

/// Takes the order levels out of the tree. Returns true if one of them stood within a package.
pub(super) fn lift(notice: &mut ShipNotice) -> bool {
    let mut lifting =
        Lifting { orders: Orders::of(std::mem::take(&mut notice.orders)), within_package: false };
    let contents = std::mem::take(&mut notice.contents);
    notice.contents = lifting.levels(contents, None, Place { in_package: false, in_item: false });
    notice.orders = lifting.orders.list;
    lifting.within_package
}

/// The orders, and where in the list each key and number stands.
struct Orders {
    list: Vec<Level>,
    by_key: HashMap<Text, usize>,
    by_number: HashMap<Text, Vec<usize>>,
}

impl Orders {
    fn of(list: Vec<Level>) -> Orders {
        let mut orders = Orders { list: Vec::new(), by_key: HashMap::new(), by_number: HashMap::new() };
        // Keys that are given count before those that are made.
        let given: HashSet<Text> = list.iter().filter_map(|order| order.order_id.clone()).collect();
        let mut next = 0;
        for mut order in list {
            while order.order_id.is_none() {
                next += 1;
                order.order_id = Some(Text::new(next.to_string())).filter(|key| !given.contains(key));
            }
            orders.push(order);
        }
        orders
    }

    fn get(&self, key: Option<&Text>) -> Option<&Level> {
        self.by_key.get(key?).map(|&at| &self.list[at])
    }

    /// Those of a number that came last: more are not looked at.
    fn numbered(&self, number: &Text) -> impl Iterator<Item = (usize, &Level)> {
        let found = self.by_number.get(number).map(Vec::as_slice).unwrap_or_default();
        found[found.len().saturating_sub(64)..].iter().map(|&at| (at, &self.list[at]))
    }

    /// Adds an order; gives it a key if it has none.
    fn push(&mut self, mut order: Level) -> Text {
        let mut number = self.list.len() + 1;
        let key = loop {
            let key = order.order_id.clone().unwrap_or_else(|| Text::new(number.to_string()));
            if order.order_id.is_some() || !self.by_key.contains_key(&key) {
                break key;
            }
            number += 1;
        };
        order.order_id = Some(key.clone());
        let at = self.list.len();
        if let Some(number) = number_of(&order) {
            self.by_number.entry(number.clone()).or_default().push(at);
        }
        self.by_key.entry(key.clone()).or_insert(at);
        self.list.push(order);
        key
    }
}

fn number_of(order: &Level) -> Option<&Text> {
    order.order.as_ref().and_then(|o| o.number.as_ref())
}

struct Lifting {
    orders: Orders,
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
        let siblings = self.orders.list.len();
        for mut level in levels {
            let contents = std::mem::take(&mut level.contents);
            if level.kind == LevelKind::Order && level.line.is_none() && !place.in_item {
                self.within_package |= place.in_package;
                if let Some(outer) = self.orders.get(order) {
                    // An order within an order: they are listed side by side, and the inner one keeps the name of the outer.
                    level.parent_level_id = outer.level_id.clone();
                }
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
    fn key_of(&mut self, order: Level, has_contents: bool, siblings: usize) -> Text {
        if let (true, Some(number)) = (has_contents, number_of(&order)) {
            let alike = |other: &Level| {
                let (level_id, order_id) = (other.level_id.clone(), other.order_id.clone());
                Level { level_id, order_id, ..order.clone() } == *other
            };
            let same = self.orders.numbered(number).find(|(at, other)| *at < siblings && alike(other));
            if let Some((_, same)) = same {
                return same.order_id.clone().unwrap_or_default();
            }
        }
        self.orders.push(order)
    }

    /// The order a line is for stands with the line too.
    fn name_order(&self, level: &mut Level) {
        let order = self.orders.get(level.order_id.as_ref()).and_then(|o| o.order.as_ref());
        if let (Some(order), Some(line)) = (order, &mut level.line) {
            let own = line.order.get_or_insert_default();
            if own.number.is_none() {
                // The line of an order is told with each line of the notice.
                let line_number = own.line_number.take();
                *own = OrderReference { line_number, ..order.clone() };
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

/// Gives each order a key, and each line that names an order its entry in the list.
pub(super) fn list(notice: &mut ShipNotice) {
    let mut orders = Orders::of(std::mem::take(&mut notice.orders));
    each(&mut notice.contents, &mut |level| list_level(&mut orders, level));
    notice.orders = orders.list;
}

fn list_level(orders: &mut Orders, level: &mut Level) {
    if orders.get(level.order_id.as_ref()).is_some() {
        return;
    }
    level.order_id = None;
    let Some(order) = level.line.as_ref().and_then(|line| line.order.clone()) else { return };
    let Some(number) = &order.number else { return };
    let alike = |o: &Level| o.order.as_ref().is_some_and(|o| o.release_number == order.release_number);
    let same = orders.numbered(number).find(|(_, o)| alike(o)).and_then(|(_, o)| o.order_id.clone());
    level.order_id = Some(same.unwrap_or_else(|| {
        let order = Some(OrderReference { line_number: None, ..order });
        orders.push(Level { kind: LevelKind::Order, order, ..Level::default() })
    }));
}

/// Orders of one number are one where a standard names them by their number alone.
pub(super) fn join(notice: &mut ShipNotice) {
    let mut first: HashMap<Text, Option<Text>> = HashMap::new();
    let mut keys: HashMap<Text, Option<Text>> = HashMap::new();
    notice.orders.retain(|order| {
        let Some(number) = number_of(order) else { return true };
        match (first.get(number), &order.order_id) {
            (Some(same), Some(key)) => drop(keys.insert(key.clone(), same.clone())),
            (Some(_), None) => {}
            (None, key) => {
                first.insert(number.clone(), key.clone());
                return true;
            }
        }
        false
    });
    each(&mut notice.contents, &mut |level| {
        if let Some(same) = level.order_id.as_ref().and_then(|key| keys.get(key)) {
            level.order_id = same.clone();
        }
    });
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
    let orders = Orders::of(std::mem::take(&mut notice.orders));
    let mut hanging = Hanging { orders, used: HashSet::new(), lowest };
    let contents = std::mem::take(&mut notice.contents);
    notice.contents = hanging.levels(contents);
    let Hanging { orders, used, .. } = hanging;
    notice.contents.extend(
        orders.list.into_iter().filter(|o| !o.order_id.as_ref().is_some_and(|key| used.contains(key))),
    );
}

struct Hanging {
    orders: Orders,
    used: HashSet<Text>,
    lowest: bool,
}

impl Hanging {
    fn levels(&mut self, levels: Vec<Level>) -> Vec<Level> {
        let mut out: Vec<Level> = Vec::new();
        // Where in `out` each order stands.
        let mut open = HashMap::new();
        for mut level in levels {
            let holds = level.kind == LevelKind::Shipment || (!is_item(&level) && !level.contents.is_empty());
            let mut keys = Vec::new();
            keys_of(&level, &mut keys);
            let order = match keys.as_slice() {
                [Some(key)] if level.kind != LevelKind::Shipment && !(self.lowest && holds) => {
                    self.orders.get(Some(key)).cloned()
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
            let key = order.order_id.clone().unwrap_or_default();
            match open.get(&key).and_then(|&at: &usize| out.get_mut(at)) {
                Some(open) => open.contents.push(level),
                None => {
                    open.insert(key, out.len());
                    out.push(Level { contents: vec![level], kind: LevelKind::Order, ..order });
                }
            }
        }
        out
    }
}

/// The orders that a level and what is in it are for; `None` stands for items without one.
pub(super) fn keys_of(level: &Level, keys: &mut Vec<Option<Text>>) {
    // Whether it is more than one is all that counts.
    if keys.len() > 1 {
        return;
    }
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
