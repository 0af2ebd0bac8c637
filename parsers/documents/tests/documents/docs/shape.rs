//! The shapes of the documents as tables of fields, from their JSON Schemas.
//!
//! A record that one field of one document alone has is shown within it (`lines.number`); every other has a table of its own, to
//! which the fields that hold it refer. Fields stand in the order of the source, where a schema has them by name.
//!
//! Panics where a schema points to nothing.

use portway_documents::DocumentKind;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Fields that every document has, told of once.
const IN_EVERY_DOCUMENT: [&str; 3] = ["schema_version", "code_list", "unmapped"];

pub struct Shapes {
    pub roots: Vec<Root>,
    pub records: BTreeMap<String, Record>,
}

/// A document, or two of one shape (invoice and credit note).
pub struct Root {
    pub kinds: Vec<DocumentKind>,
    pub title: String,
    pub fields: Vec<Field>,
}

impl Root {
    pub fn name(&self) -> &'static str {
        self.kinds[0].name()
    }
}

#[derive(Default)]
pub struct Record {
    pub fields: Vec<Field>,
    /// Documents that have it.
    pub users: BTreeSet<&'static str>,
    /// Fields that hold it.
    holders: BTreeSet<(String, String)>,
}

#[derive(Clone)]
pub struct Field {
    pub name: String,
    /// The record it holds, or holds a list of.
    pub record: Option<String>,
}

/// Where a field stands: the table, and the path of the field in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub table: String,
    pub path: String,
}

impl Shapes {
    pub fn of_all_documents() -> Shapes {
        let order = Order::of_the_source();
        let mut shapes = Shapes { roots: Vec::new(), records: BTreeMap::new() };
        let mut seen: Vec<Value> = Vec::new();
        for &kind in DocumentKind::ALL {
            let schema = kind.json_schema();
            if let Some(same) = seen.iter().position(|s| *s == schema["properties"]) {
                shapes.roots[same].kinds.push(kind);
                continue;
            }
            seen.push(schema["properties"].clone());
            let title = schema["title"].as_str().unwrap().to_owned();
            let mut fields = order.fields(&title.to_lowercase().replace(' ', ""), &schema);
            fields.retain(|f| !IN_EVERY_DOCUMENT.contains(&f.name.as_str()));
            for (name, definition) in schema["$defs"].as_object().unwrap() {
                if definition.get("properties").is_some() {
                    let record = shapes.records.entry(name.clone()).or_default();
                    record.fields = order.fields(&name.to_lowercase(), definition);
                    record.users.insert(kind.name());
                }
            }
            shapes.roots.push(Root { kinds: vec![kind], title, fields });
        }
        let mut holders = Vec::new();
        for root in &shapes.roots {
            holders.extend(root.fields.iter().map(|f| (root.name().to_owned(), f.clone())));
        }
        for (name, record) in &shapes.records {
            holders.extend(record.fields.iter().map(|f| (name.clone(), f.clone())));
        }
        for (owner, field) in holders {
            if let Some(record) = field.record.and_then(|name| shapes.records.get_mut(&name)) {
                record.holders.insert((owner, field.name));
            }
        }
        shapes.records.remove("Unmapped");
        shapes
    }

    /// True if the record is shown within the only field that holds it.
    pub fn is_inlined(&self, record: &str) -> bool {
        self.records.get(record).is_some_and(|r| {
            r.users.len() == 1 && r.holders.len() == 1 && r.holders.iter().all(|(owner, _)| owner != record)
        })
    }

    /// The fields of a document by its name, or of a record.
    fn fields(&self, owner: &str) -> &[Field] {
        match self.roots.iter().find(|r| r.kinds.iter().any(|k| k.name() == owner)) {
            Some(root) => &root.fields,
            None => self.records.get(owner).map_or(&[], |record| &record.fields),
        }
    }

    /// The rows of a table: each field, those of records within it by their path.
    pub fn rows(&self, table: &str) -> Vec<Field> {
        let mut rows = Vec::new();
        for field in self.fields(table) {
            match field.record.as_deref().filter(|record| self.is_inlined(record)) {
                Some(record) => rows.extend(self.rows(record).into_iter().map(|inner| Field {
                    name: format!("{}.{}", field.name, inner.name),
                    record: inner.record,
                })),
                None => rows.push(field.clone()),
            }
        }
        rows
    }

    /// Where the keys of a value lead: a place in each table on the way, the innermost last. Empty where there is no such field.
    pub fn places(&self, owner: &str, keys: &[&str]) -> Vec<Place> {
        let mut places = Vec::new();
        let (mut table, mut path, mut fields) = (owner.to_owned(), String::new(), self.fields(owner));
        for (at, key) in keys.iter().enumerate() {
            let Some(field) = fields.iter().find(|f| f.name == *key) else { return Vec::new() };
            path = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
            let Some(record) = &field.record else {
                places.push(Place { table, path });
                return if at + 1 == keys.len() { places } else { Vec::new() };
            };
            if !self.is_inlined(record) {
                places.push(Place { table, path });
                (table, path) = (record.clone(), String::new());
            }
            fields = self.fields(record);
        }
        places
    }
}

/// In which order the source has the fields of each record, by its name in small letters.
struct Order(HashMap<String, Vec<String>>);

impl Order {
    fn of_the_source() -> Order {
        let mut order = HashMap::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    read_order(&std::fs::read_to_string(path).unwrap(), &mut order);
                }
            }
        }
        Order(order)
    }

    fn fields(&self, record: &str, schema: &Value) -> Vec<Field> {
        let empty = Vec::new();
        let order = self.0.get(record).unwrap_or(&empty);
        let properties = schema["properties"].as_object().unwrap();
        let mut fields: Vec<Field> = properties
            .iter()
            .map(|(name, property)| Field { name: name.clone(), record: held(property) })
            .collect();
        fields.sort_by_key(|f| order.iter().position(|name| *name == f.name).unwrap_or(usize::MAX));
        // Words have a definition of their own too, but are no records.
        let is_record = |name: &String| self.0.contains_key(&name.to_lowercase());
        fields.iter_mut().for_each(|f| f.record = f.record.take().filter(is_record));
        fields
    }
}

fn read_order(source: &str, order: &mut HashMap<String, Vec<String>>) {
    let mut fields: Option<&mut Vec<String>> = None;
    let mut in_record = false;
    for line in source.lines() {
        let line = line.trim();
        if line == "record! {" {
            in_record = true;
        } else if let Some(name) = line.strip_prefix("pub struct ").filter(|_| in_record) {
            let name = name.split(' ').next().unwrap().to_lowercase();
            fields = Some(order.entry(name).or_default());
        } else if line == "}" && fields.is_some() {
            (fields, in_record) = (None, false);
        } else if let Some(fields) = &mut fields {
            let field = ["one ", "opt ", "many "].iter().find_map(|word| line.strip_prefix(word));
            fields.extend(field.and_then(|f| f.split(':').next()).map(str::to_owned));
        }
    }
}

/// The definition that a property, or the entries of its list, are of.
fn held(property: &Value) -> Option<String> {
    let reference = property.get("$ref").or_else(|| property.get("items")?.get("$ref"))?;
    reference.as_str()?.rsplit('/').next().map(str::to_owned)
}
