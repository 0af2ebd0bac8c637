//! A partner's cross-reference of items: its number, ours, and how its packs count in our units.
//!
//! A CSV beside the profile. Its first column is named after the field of an item that holds the partner's number (`buyer_number`,
//! `seller_number`, `gtin`, `upc`, `ean`, `sku`, `manufacturer_number`), the second is `our_number`; `unit`, `our_unit` and `factor`
//! may follow: 12 of unit `XCS` at factor 24 are 288 of our unit `EA`. Units are codes of Recommendation 20, or the partner's own.
//!
//! Promises: quantities are exact. What came stays beside what it became (`original_value`, `original_unit`). On the way out a
//! quantity that does not divide into whole packs is left as it is, and said.
//! Fails on reading only, with the line of the file.

use portway_documents::quantity::Decimal;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Fields of an item that may hold the partner's number.
const NUMBERS: [&str; 7] =
    ["buyer_number", "seller_number", "gtin", "upc", "ean", "sku", "manufacturer_number"];

#[derive(Debug, Clone, PartialEq)]
pub struct Items {
    field: String,
    rows: Vec<Row>,
    /// Rows by the partner's number, and by ours.
    theirs: HashMap<String, Vec<usize>>,
    ours: HashMap<String, Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    theirs: String,
    ours: String,
    pack: Option<Pack>,
}

/// One `unit` is `factor` of `our_unit`.
#[derive(Debug, Clone, PartialEq)]
struct Pack {
    unit: String,
    our_unit: String,
    factor: Decimal,
}

impl Items {
    /// Reads the CSV.
    ///
    /// # Errors
    /// The header or a line is not as it must be: which, and what to write.
    pub fn parse(text: &str) -> Result<Items, String> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| e.to_string())?.clone();
        let names: Vec<&str> = header.iter().collect();
        let field = match names.as_slice() {
            [field, "our_number", rest @ ..]
                if NUMBERS.contains(field) && (rest.is_empty() || rest == ["unit", "our_unit", "factor"]) =>
            {
                (*field).to_owned()
            }
            _ => {
                return Err(format!(
                    "line 1: the columns are `{}`; write <the partner's number>,our_number[,unit,our_unit,factor], the first of {}",
                    names.join(","),
                    NUMBERS.join(", ")
                ));
            }
        };
        let mut items = Items { field, rows: Vec::new(), theirs: HashMap::new(), ours: HashMap::new() };
        for record in reader.records() {
            let record = record.map_err(|e| e.to_string())?;
            let line = record.position().map_or(0, csv::Position::line);
            items.add(row(&record).map_err(|message| format!("line {line}: {message}"))?);
        }
        Ok(items)
    }

    fn add(&mut self, row: Row) {
        let at = self.rows.len();
        self.theirs.entry(row.theirs.clone()).or_default().push(at);
        self.ours.entry(row.ours.clone()).or_default().push(at);
        self.rows.push(row);
    }

    /// Gives the items of a document that came our numbers, and their quantities our units. What was done, in words.
    pub fn received(&self, document: &mut Value) -> Vec<String> {
        let mut done = Vec::new();
        each_line(document, &mut |line| self.receive(line, &mut done));
        done
    }

    fn receive(&self, line: &mut Map<String, Value>, done: &mut Vec<String>) {
        let Some(Value::Object(item)) = line.get_mut("item") else { return };
        let Some(number) = item.get(&self.field).and_then(Value::as_str).map(str::to_owned) else { return };
        let Some(rows) = self.theirs.get(&number) else {
            done.push(format!("{} {number} is not in the cross-reference", self.field));
            return;
        };
        let ours = &self.rows[rows[0]].ours;
        item.insert("our_number".to_owned(), Value::String(ours.clone()));
        done.push(format!("{} {number} is our {ours}", self.field));
        for pack in rows.iter().filter_map(|row| self.rows[*row].pack.as_ref()) {
            let mut converted = false;
            each_quantity(line, &mut |quantity| {
                if !is_of(quantity, &pack.unit) {
                    return;
                }
                let Some(value) = number_of(quantity, "value") else { return };
                let Some(product) = value.checked_mul(pack.factor) else { return };
                converted = true;
                let product = product.normalize();
                done.push(format!("{value} {} × {} = {product} {}", pack.unit, pack.factor, pack.our_unit));
                let unit = quantity.remove("unit");
                quantity.entry("original_unit").or_insert(unit.unwrap_or_else(|| pack.unit.clone().into()));
                quantity.insert("original_value".to_owned(), value.to_string().into());
                quantity.insert("value".to_owned(), product.to_string().into());
                quantity.insert("unit".to_owned(), pack.our_unit.clone().into());
            });
            // A price for one of their units is a price for so many of ours.
            if let (true, Some(Value::Object(price))) = (converted, line.get_mut("price")) {
                let base = number_of(price, "base_quantity").unwrap_or(Decimal::ONE);
                if let Some(base) = base.checked_mul(pack.factor) {
                    price.insert("base_quantity".to_owned(), base.normalize().to_string().into());
                    price.insert("base_unit".to_owned(), pack.our_unit.clone().into());
                }
            }
        }
    }

    /// Gives the items of a document of ours the partner's numbers, and their quantities its units. What was done, and what could
    /// not be, in words.
    pub fn sent(&self, document: &mut Value) -> Vec<String> {
        let mut done = Vec::new();
        each_line(document, &mut |line| self.send(line, &mut done));
        done
    }

    fn send(&self, line: &mut Map<String, Value>, done: &mut Vec<String>) {
        let Some(Value::Object(item)) = line.get_mut("item") else { return };
        let Some(ours) = item.remove("our_number").and_then(|v| v.as_str().map(str::to_owned)) else {
            return;
        };
        let Some(rows) = self.ours.get(&ours) else {
            done.push(format!("our {ours} is not in the cross-reference"));
            return;
        };
        let theirs = self.rows[rows[0]].theirs.clone();
        done.push(format!("our {ours} is {} {theirs}", self.field));
        item.insert(self.field.clone(), theirs.into());
        for pack in rows.iter().filter_map(|row| self.rows[*row].pack.as_ref()) {
            each_quantity(line, &mut |quantity| {
                quantity.remove("original_value");
                if !is_of(quantity, &pack.our_unit) {
                    return;
                }
                let Some(value) = number_of(quantity, "value") else { return };
                match value.checked_div(pack.factor).filter(|packs| packs.fract().is_zero()) {
                    Some(packs) => {
                        let packs = packs.normalize();
                        done.push(format!(
                            "{value} {} ÷ {} = {packs} {}",
                            pack.our_unit, pack.factor, pack.unit
                        ));
                        quantity.insert("value".to_owned(), packs.to_string().into());
                        quantity.remove("original_unit");
                        quantity.insert("unit".to_owned(), pack.unit.clone().into());
                    }
                    None => done.push(format!(
                        "{value} {} are no whole number of {} at {}: left as they are",
                        pack.our_unit, pack.unit, pack.factor
                    )),
                }
            });
        }
    }
}

fn row(record: &csv::StringRecord) -> Result<Row, String> {
    let field = |at: usize| record.get(at).filter(|text| !text.is_empty());
    let (Some(theirs), Some(ours)) = (field(0), field(1)) else {
        return Err("the partner's number and ours must both be there".to_owned());
    };
    let pack = match (field(2), field(3), field(4)) {
        (None, None, None) => None,
        (Some(unit), Some(our_unit), Some(factor)) => {
            let factor: Decimal =
                factor.parse().map_err(|_| format!("the factor `{factor}` is no number; write 24"))?;
            if factor <= Decimal::ZERO {
                return Err("the factor must be above 0".to_owned());
            }
            Some(Pack { unit: unit.to_owned(), our_unit: our_unit.to_owned(), factor })
        }
        _ => return Err("unit, our_unit and factor come together, or not at all".to_owned()),
    };
    Ok(Row { theirs: theirs.to_owned(), ours: ours.to_owned(), pack })
}

fn number_of(map: &Map<String, Value>, key: &str) -> Option<Decimal> {
    map.get(key)?.as_str()?.parse().ok()
}

/// True if the quantity is in this unit, by Recommendation 20 or as it came.
fn is_of(quantity: &Map<String, Value>, unit: &str) -> bool {
    let has = |key: &str| quantity.get(key).and_then(Value::as_str) == Some(unit);
    has("unit") || (has("original_unit") && !quantity.contains_key("original_value"))
}

/// Every record that has an item, the outer one first.
fn each_line(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| each_line(value, visit)),
        Value::Object(map) => {
            if map.get("item").is_some_and(Value::is_object) {
                visit(map);
            }
            map.values_mut().for_each(|value| each_line(value, visit));
        }
        _ => {}
    }
}

/// Every quantity of a line, not those of lines within it.
fn each_quantity(map: &mut Map<String, Value>, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    for value in map.values_mut() {
        walk_quantities(value, visit);
    }
}

fn walk_quantities(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| walk_quantities(value, visit)),
        Value::Object(map) if map.get("item").is_some_and(Value::is_object) => {}
        Value::Object(map) => {
            let is_quantity = map.get("value").is_some_and(Value::is_string)
                && (map.contains_key("unit") || map.contains_key("original_unit"));
            if is_quantity {
                visit(map);
            }
            map.values_mut().for_each(|value| walk_quantities(value, visit));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CSV: &str = "buyer_number,our_number,unit,our_unit,factor\nSKU-1,A-100,XCS,EA,24\nSKU-2,A-200,,,\n";

    fn order() -> Value {
        json!({ "lines": [
            { "quantity": { "value": "12", "unit": "XCS", "original_unit": "CA" },
              "price": { "amount": "24.50" },
              "item": { "buyer_number": "SKU-1" },
              "schedule": [{ "quantity": { "value": "5", "unit": "XCS", "original_unit": "CA" } }] },
            { "quantity": { "value": "3", "unit": "EA" }, "item": { "buyer_number": "SKU-2" } },
            { "quantity": { "value": "1", "unit": "EA" }, "item": { "buyer_number": "SKU-9" } },
        ]})
    }

    #[test]
    fn twelve_cases_of_twenty_four_are_288_exactly() {
        let items = Items::parse(CSV).unwrap();
        let mut order = order();
        let done = items.received(&mut order);
        let line = &order["lines"][0];
        assert_eq!(
            line["quantity"],
            json!({"value": "288", "unit": "EA", "original_unit": "CA", "original_value": "12"})
        );
        assert_eq!(line["schedule"][0]["quantity"]["value"], "120");
        assert_eq!(line["item"]["our_number"], "A-100");
        assert_eq!(line["price"], json!({"amount": "24.50", "base_quantity": "24", "base_unit": "EA"}));
        assert_eq!(order["lines"][1]["item"]["our_number"], "A-200");
        assert_eq!(order["lines"][2]["item"].get("our_number"), None);
        assert!(done.contains(&"12 XCS × 24 = 288 EA".to_owned()), "{done:?}");
        assert!(done.contains(&"buyer_number SKU-9 is not in the cross-reference".to_owned()));
    }

    #[test]
    fn on_the_way_out_only_whole_packs_become_packs() {
        let items = Items::parse(CSV).unwrap();
        let line = |value: &str| json!({ "lines": [{ "quantity": { "value": value, "unit": "EA" }, "item": { "our_number": "A-100" } }] });
        let mut whole = line("288");
        items.sent(&mut whole);
        assert_eq!(
            whole["lines"][0],
            json!({ "quantity": { "value": "12", "unit": "XCS" }, "item": { "buyer_number": "SKU-1" } })
        );
        let mut broken = line("290");
        let done = items.sent(&mut broken);
        assert_eq!(broken["lines"][0]["quantity"], json!({ "value": "290", "unit": "EA" }));
        assert!(done.iter().any(|d| d.contains("no whole number")), "{done:?}");
    }

    #[test]
    fn a_file_that_is_wrong_is_told_with_its_line() {
        let error = |text: &str| Items::parse(text).unwrap_err();
        assert!(error("their_item,our_number\n").starts_with("line 1:"));
        assert!(error("gtin,our_number\n1,\n").starts_with("line 2:"));
        assert!(error("gtin,our_number,unit,our_unit,factor\n1,2,CA,EA,\n").contains("come together"));
        assert!(error("gtin,our_number,unit,our_unit,factor\n1,2,CA,EA,0\n").contains("above 0"));
        assert!(error("gtin,our_number,unit,our_unit,factor\n1,2,CA,EA,x\n").contains("no number"));
    }
}
