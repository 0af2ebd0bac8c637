//! The shipped schema files against the fact tables they were made from, and the loader against bad files.

use portway_edi::schema::{Dictionary, Holds, Rule, Schema, check_shipped, shipped};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const VERSIONS: [&str; 2] = ["004010", "005010"];

/// The rows of a fact table without its header; `None` where the tables are not there.
fn table(version: &str, file: &str) -> Option<Vec<Vec<String>>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/x12"));
    let path = folder.join(version).join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(|line| line.split('\t').map(str::to_string).collect()).collect())
}

fn schema_file(version: &str, file: &str) -> String {
    std::fs::read_to_string(format!("{}/schemas/x12/{version}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn dictionary(version: &str) -> &'static Dictionary {
    Dictionary::x12(version).unwrap()
}

fn reference(dictionary: &'static Dictionary, holds: Holds) -> &'static str {
    match holds {
        Holds::Element(at) => dictionary.elements[usize::from(at)].id,
        Holds::Composite(at) => dictionary.composites[usize::from(at)].id,
    }
}

#[test]
fn everything_shipped_compiles() {
    check_shipped().unwrap();
    for (set, version) in shipped() {
        assert_eq!(Schema::x12(set, version).unwrap().code(), set);
    }
    assert_eq!(Schema::x12("850", "004010VICS").unwrap().functional_id(), "PO");
    assert!(Schema::x12("850", "003050").is_none());
    assert!(Schema::x12("999", "004010").is_none());
    assert_eq!(Schema::x12("999", "005010X231A1").unwrap().title(), "Implementation acknowledgement");
}

#[test]
fn set_tables_are_those_of_the_reference() {
    for (set, version) in shipped() {
        let Some(rows) = table(version, &format!("sets/{set}.tsv")) else { return };
        let expected: Vec<String> = rows
            .iter()
            .map(|row| {
                let (depth, kind, id, requirement, max, trigger) =
                    (&row[1], &row[2], &row[3], &row[4], &row[5], &row[6]);
                let depth = "  ".repeat(depth.parse().unwrap());
                match kind.as_str() {
                    "loop" => format!("{depth}loop {requirement} {max} {trigger}"),
                    _ => format!("{depth}{requirement} {max} {id}"),
                }
            })
            .collect();
        let text = schema_file(version, &format!("{set}.schema"));
        let skip = |l: &&str| {
            !l.is_empty()
                && !l.starts_with('#')
                && !l.starts_with("set ")
                && !matches!(*l, "header" | "detail" | "summary")
        };
        let lines: Vec<&str> = text.lines().filter(skip).collect();
        assert_eq!(lines, expected, "{set} {version}");
        let Some(sets) = table(version, "sets.tsv") else { return };
        let row = sets.iter().find(|row| row[0] == set).unwrap();
        assert_eq!(Schema::x12(set, version).unwrap().functional_id(), row[1]);
    }
}

#[test]
fn segments_and_composites_are_those_of_the_reference() {
    VERSIONS.into_iter().for_each(compare_segments);
}

fn compare_segments(version: &str) {
    let dictionary = dictionary(version);
    let (Some(segments), Some(composites), Some(notes)) = (
        table(version, "segments.tsv"),
        table(version, "composites.tsv"),
        table(version, "syntax_notes.tsv"),
    ) else {
        return;
    };
    let known: BTreeSet<&str> = segments.iter().map(|row| row[0].as_str()).collect();
    for shape in dictionary.segments.iter().chain(&dictionary.composites) {
        let rows = segments.iter().chain(&composites).filter(|row| row[0] == shape.id);
        let expected: Vec<(&str, &str, u32)> = rows
            .map(|row| (row[2].as_str(), row[3].as_str(), row.get(4).map_or(1, |n| n.parse().unwrap())))
            .collect();
        let ours: Vec<(&str, String, u32)> = shape
            .positions
            .iter()
            .map(|p| (reference(dictionary, p.holds), p.requirement.to_string(), p.max_repeat))
            .collect();
        let ours: Vec<(&str, &str, u32)> = ours.iter().map(|(e, r, m)| (*e, r.as_str(), *m)).collect();
        assert_eq!(ours, expected, "{}", shape.id);
        let expected: BTreeSet<String> =
            notes.iter().filter(|row| row[0] == shape.id).map(|row| sorted(&row[1])).collect();
        let ours: BTreeSet<String> = shape.notes.iter().map(note_text).collect();
        assert_eq!(ours, expected, "{}", shape.id);
    }
    let ours: BTreeSet<&str> =
        dictionary.segments.iter().map(|s| s.id).chain(dictionary.known.iter().copied()).collect();
    assert_eq!(ours, known);
}

/// A note with the positions in order, the first of C and L excepted.
fn sorted(note: &str) -> String {
    let mut positions: Vec<&str> = (1..note.len()).step_by(2).map(|at| &note[at..at + 2]).collect();
    let keep = usize::from(note.starts_with(['C', 'L']));
    positions[keep..].sort_unstable();
    format!("{}{}", &note[..1], positions.concat())
}

fn note_text(note: &portway_edi::schema::Note) -> String {
    let letter = match note.rule {
        Rule::Paired => 'P',
        Rule::Required => 'R',
        Rule::Exclusive => 'E',
        Rule::Conditional => 'C',
        Rule::ListConditional => 'L',
    };
    let list = |set: u64| {
        (0..64).filter(move |i| set >> i & 1 == 1).map(|i| format!("{:02}", i + 1)).collect::<String>()
    };
    format!("{letter}{}{}", list(note.first), list(note.positions & !note.first))
}

#[test]
fn elements_and_codes_are_those_of_the_reference() {
    VERSIONS.into_iter().for_each(compare_elements);
}

fn compare_elements(version: &str) {
    let dictionary = dictionary(version);
    let (Some(elements), Some(codes)) = (table(version, "elements.tsv"), table(version, "codes.tsv")) else {
        return;
    };
    let elements: BTreeMap<&str, &Vec<String>> = elements.iter().map(|row| (row[0].as_str(), row)).collect();
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &codes {
        lists.entry(&row[0]).or_default().push(&row[1]);
    }
    for element in &dictionary.elements {
        let row = elements[element.id];
        let ours = [element.type_name.to_string(), element.min.to_string(), element.max.to_string()];
        assert_eq!(ours[..], row[1..4], "{}", element.id);
        let ours = element.codes.as_ref().map(|c| c.values().to_vec());
        let expected = lists.get(element.id).filter(|_| element.type_name == "ID");
        assert_eq!(ours.as_ref(), expected, "{}", element.id);
        if let (Some(codes), Some(values)) = (&element.codes, expected) {
            assert!(values.iter().all(|v| codes.contains(v.as_bytes())), "{}", element.id);
        }
    }
}

#[test]
fn an_element_can_be_looked_up() {
    let schema = Schema::x12("850", "004010").unwrap();
    let unit = schema.describe("PO1", 3).unwrap();
    assert_eq!(
        (unit.reference, unit.type_name, unit.min, unit.max, unit.requirement),
        ("355", "ID", 2, 2, 'O')
    );
    assert!(unit.codes.contains(&"EA"));
    let composite = schema.describe("SLN", 5).unwrap();
    assert_eq!((composite.reference, composite.components.len()), ("C001", 15));
    assert!(schema.describe("PO1", 0).is_none());
    assert!(schema.describe("PO1", 99).is_none());
    assert!(schema.describe("XYZ", 1).is_none());
}

#[test]
fn a_bad_schema_file_is_refused_at_its_line() {
    let refuse = |text: &'static str| Schema::compile("test.schema", text, dictionary("004010")).unwrap_err();
    assert_eq!(refuse("set 850 PO x\nM 1 ST\nM 1 QQQ\n").line, 3);
    assert_eq!(refuse("set 850 PO x\nM 1 ST\n    M 1 BEG\n").line, 3);
    assert_eq!(refuse("set 850 PO x\nM 0 ST\n").line, 2);
    assert_eq!(refuse("set 850 PO x\nmaybe\n").line, 2);
    assert_eq!(refuse("M 1 ST\n").line, 1);
    let text = "98 ID 2 3 Role\n";
    let bad = |segments: &'static str| Dictionary::compile("1", segments, text, "").unwrap_err().line;
    assert_eq!(bad("# head\nN1 | Party | 01 M 98, 03 M 98\n"), 2);
    assert_eq!(bad("N1 | Party | 01 M 99\n"), 1);
    assert_eq!(bad("N1 | Party | 01 M 98 | P0102\n"), 1);
    assert_eq!(Dictionary::compile("1", "", "98 ID two 3 x\n", "").unwrap_err().file, "elements.schema");
}
