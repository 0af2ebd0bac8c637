//! The shipped EDIFACT schema files against the fact tables they were made from.

use portway_edi::schema::{Dictionary, Holds, Schema, check_shipped, shipped_edifact};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Folder of the schemas; the fact tables they come from, service segments last.
const DIRECTORIES: &[(&str, &[&str])] = &[
    ("d96a", &["d96a", "service/v3"]),
    ("d01b", &["d01b", "service/v3"]),
    ("v3", &["service/v3"]),
    ("v4", &["service/v4"]),
];

/// Lists of the tables that are not enforced: others keep them, or newer values are in common use.
const OPEN: &[&str] = &["0001", "0002", "0007", "0051", "0052", "0054", "0065", "0113", "1131"];

/// The rows of a fact table without its header; `None` where the tables are not there.
fn table(folder: &str, file: &str) -> Option<Vec<Vec<String>>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/edifact"));
    let path = root.join(folder).join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(|line| line.split('\t').map(str::to_string).collect()).collect())
}

/// The same of all folders; what comes first holds.
fn tables(folders: &[&str], file: &str) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let mut all: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for folder in folders {
        let mut here: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for row in table(folder, file)? {
            here.entry(row[0].clone()).or_default().push(row);
        }
        for (key, rows) in here {
            all.entry(key).or_insert(rows);
        }
    }
    Some(all)
}

#[test]
fn everything_shipped_compiles() {
    check_shipped().unwrap();
    assert_eq!(shipped_edifact().count(), 16 + 17 + 2);
    for (message, directory) in shipped_edifact() {
        assert_eq!(Schema::edifact(message, directory).unwrap().code(), message);
    }
    assert!(Schema::edifact("ORDERS", "D:96A:UN:EAN008").is_some());
    assert!(Schema::edifact("INSDES", "D:01B:UN").is_some());
    assert!(Schema::edifact("INSDES", "D:96A:UN").is_none());
    assert!(Schema::edifact("ORDERS", "D:97A:UN").is_none());
    assert!(Schema::edifact("ORDERS", "").is_none());
    let directory = |version| Schema::edifact("CONTRL", version).unwrap().dictionary().version;
    assert_eq!(["2:2:UN", "D:3:UN", "4:1:UN", "D:96A:UN"].map(directory), ["v3", "v3", "v4", "v3"]);
}

#[test]
fn message_tables_are_those_of_the_reference() {
    for (message, directory) in shipped_edifact() {
        let folder =
            if directory.starts_with('v') { format!("service/{directory}") } else { directory.to_string() };
        let Some(rows) = table(&folder, &format!("messages/{message}.tsv")) else { return };
        let expected: Vec<String> = rows
            .iter()
            .map(|row| {
                let depth = "  ".repeat(row[1].parse().unwrap());
                match row[2].as_str() {
                    "group" => format!("{depth}loop {} {} {} {}", row[4], row[5], row[3], row[6]),
                    _ => format!("{depth}{} {} {}", row[4], row[5], row[3]),
                }
            })
            .collect();
        let path = format!("{}/schemas/edifact/{directory}/{message}.schema", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> =
            text.lines().filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with("set ")).collect();
        assert_eq!(lines, expected, "{message} {directory}");
    }
}

#[test]
fn segments_and_composites_are_those_of_the_reference() {
    for (directory, folders) in DIRECTORIES {
        let dictionary = Dictionary::edifact(directory).unwrap();
        let (Some(segments), Some(composites)) =
            (tables(folders, "segments.tsv"), tables(folders, "composites.tsv"))
        else {
            return;
        };
        for shape in dictionary.segments.iter().chain(&dictionary.composites) {
            let rows = segments.get(shape.id).or_else(|| composites.get(shape.id)).unwrap();
            let expected: Vec<(&str, &str, u32)> = rows
                .iter()
                .map(|row| {
                    let repeat = if shape.id.len() == 3 { row[4].parse().unwrap() } else { 1 };
                    (row[2].as_str(), row[3].as_str(), repeat)
                })
                .collect();
            let reference = |holds| match holds {
                Holds::Element(at) => dictionary.elements[usize::from(at)].id,
                Holds::Composite(at) => dictionary.composites[usize::from(at)].id,
            };
            let ours: Vec<(&str, String, u32)> = shape
                .positions
                .iter()
                .map(|p| (reference(p.holds), p.requirement.to_string(), p.max_repeat))
                .collect();
            let ours: Vec<(&str, &str, u32)> = ours.iter().map(|(e, r, m)| (*e, r.as_str(), *m)).collect();
            assert_eq!(ours, expected, "{directory} {}", shape.id);
        }
        let ours: BTreeSet<&str> = dictionary.segments.iter().map(|s| s.id).collect();
        let Some(own) = table(folders[0], "segments.tsv") else { return };
        assert!(own.iter().all(|row| ours.contains(row[0].as_str())), "{directory}");
    }
}

#[test]
fn elements_and_codes_are_those_of_the_reference() {
    for (directory, folders) in DIRECTORIES {
        let dictionary = Dictionary::edifact(directory).unwrap();
        let (Some(elements), Some(codes)) = (tables(folders, "elements.tsv"), tables(folders, "codes.tsv"))
        else {
            return;
        };
        for element in &dictionary.elements {
            let row = &elements[element.id][0];
            assert_eq!(element.type_name, row[1], "{directory} {}", element.id);
            let coded = row.get(3).is_some_and(|c| c == "Y") && !OPEN.contains(&element.id);
            let expected: Option<Vec<&str>> = codes
                .get(element.id)
                .filter(|_| coded)
                .map(|rows| rows.iter().map(|row| row[1].as_str()).collect());
            let ours = element.codes.as_ref().map(|c| c.values().to_vec());
            assert_eq!(ours, expected, "{directory} {}", element.id);
            if let (Some(codes), Some(values)) = (&element.codes, expected) {
                assert!(values.iter().all(|v| codes.contains(v.as_bytes())), "{directory} {}", element.id);
            }
        }
    }
}

#[test]
fn an_element_can_be_looked_up() {
    let schema = Schema::edifact("ORDERS", "d96a").unwrap();
    let quantity = schema.describe("QTY", 1).unwrap();
    assert_eq!((quantity.reference, quantity.components.len(), quantity.requirement), ("C186", 3, 'M'));
    let amount = &quantity.components[1];
    assert_eq!((amount.reference, amount.type_name, amount.min, amount.max), ("6060", "n..15", 1, 15));
    assert!(schema.describe("QTY", 9).is_none());
}
