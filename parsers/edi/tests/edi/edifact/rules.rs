//! Every rule of every schema: a generated sample broken at that rule yields that finding, there, and no other.

use super::{read, told};
use portway_edi::charset::Charset;
use portway_edi::edifact::sample::{Extent, sample, version_of};
use portway_edi::interchange::TransactionSet;
use portway_edi::schema::{Dictionary, Element, Holds, Kind, Rule, Schema, Shape, shipped_edifact};
use portway_edi::segment::Notation;
use portway_edi::{Delimiters, Finding, Segment, Standard};

#[test]
fn a_sample_of_every_message_has_nothing_to_find() {
    let mut wrong = Vec::new();
    for (message, directory) in shipped_edifact() {
        for extent in [Extent::Least, Extent::Whole] {
            let bytes = sample(message, directory, extent).unwrap();
            let reading = read(&bytes);
            let told: Vec<String> = reading.findings.iter().map(told).collect();
            if !told.is_empty() || reading.sets != 1 {
                wrong.push(format!("{message} {directory} {extent:?}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// DELFOR of D.96A asks for either of two ways: delivery points with their lines (SG4, SG8), or lines with their delivery
/// points (SG18, SG24). A LIN behind a NAD belongs to the first way: of the second, what only it has is left out.
#[test]
fn a_whole_message_has_every_row_that_can_stand_beside_the_others() {
    for (message, directory) in shipped_edifact() {
        let bytes = sample(message, directory, Extent::Whole).unwrap();
        let rows = Schema::edifact(message, directory).unwrap().rows();
        let rows = rows.iter().filter(|row| !row.is_loop).count();
        // UNA, UNB and UNZ are no rows of the table.
        let left_out = rows + 3 - bytes.iter().filter(|&&b| b == b'\'').count();
        let expected = if (message, directory) == ("DELFOR", "d96a") { 9 } else { 0 };
        assert_eq!(left_out, expected, "{message} {directory}");
    }
}

/// Lines of a message as a set, its segments from 1.
fn set<'a>(lines: &'a [String], version: &str, delimiters: Delimiters) -> TransactionSet<'a> {
    let notation = Notation { charset: Charset::C, decimal: Some(b'.') };
    let segments = (1..).zip(lines).map(|(position, line)| Segment {
        bytes: line.as_bytes(),
        delimiters,
        notation,
        position,
        offset: 0,
    });
    TransactionSet {
        standard: Standard::Edifact,
        code: "TEST".to_string(),
        version: version.to_string(),
        control_number: "1".to_string(),
        interchange: "1".to_string(),
        group: String::new(),
        segments: segments.collect(),
        findings: Vec::new(),
        offset: 0,
        length: 0,
        too_large: false,
    }
}

const DELIMITERS: Delimiters = Delimiters { repetition: Some(b'*'), ..Delimiters::EDIFACT };

/// A value as short as the element has it, from its list.
fn fine(element: &Element) -> String {
    match &element.codes {
        Some(codes) => codes.values()[0].to_string(),
        None => of_length(element, element.min),
    }
}

fn of_length(element: &Element, length: u32) -> String {
    if element.kind == Kind::Number { "1" } else { "A" }.repeat(length as usize)
}

/// Elements of components of one segment.
type Values = Vec<Vec<String>>;

fn written(id: &str, values: &Values) -> String {
    let cut =
        |parts: &[String], separator: &str| parts.join(separator).trim_end_matches(separator).to_string();
    let elements: Vec<String> =
        std::iter::once(id.to_string()).chain(values.iter().map(|parts| cut(parts, ":"))).collect();
    cut(&elements, "+")
}

/// What must be there, these elements, and what dependency notes ask for because of them.
fn chosen(shape: &Shape, with: u64) -> u64 {
    let mut chosen = shape.mandatory | with;
    for _ in 0..4 {
        for note in &shape.notes {
            match note.rule {
                Rule::Paired if chosen & note.positions != 0 => chosen |= note.positions,
                Rule::Conditional if chosen & note.first != 0 => chosen |= note.positions,
                _ => {}
            }
        }
    }
    for note in &shape.notes {
        if note.rule == Rule::Required && chosen & note.positions == 0 {
            chosen = self::chosen(shape, chosen | 1 << note.positions.trailing_zeros());
        }
    }
    chosen
}

/// The segment with what it must have, and at `at` something.
fn base(dictionary: &Dictionary, shape: &Shape, at: Option<(usize, usize)>) -> Values {
    let chosen = chosen(shape, at.map_or(0, |(element, _)| 1 << element));
    let mut values: Values = Vec::new();
    for (number, position) in shape.positions.iter().enumerate() {
        let wanted = chosen >> number & 1 == 1;
        values.push(match position.holds {
            _ if !wanted => Vec::new(),
            Holds::Element(e) => vec![fine(&dictionary.elements[usize::from(e)])],
            Holds::Composite(c) => {
                let parts = &dictionary.composites[usize::from(c)].positions;
                let any_mandatory = parts.iter().any(|p| p.requirement == 'M');
                let part = |(n, part): (usize, &portway_edi::schema::Position)| {
                    let Holds::Element(e) = part.holds else { return String::new() };
                    let wanted =
                        part.requirement == 'M' || at == Some((number, n)) || (n == 0 && !any_mandatory);
                    if wanted { fine(&dictionary.elements[usize::from(e)]) } else { String::new() }
                };
                parts.iter().enumerate().map(part).collect()
            }
        });
    }
    if shape.id == "DTM" {
        (values[0][1], values[0][2]) = ("20260105".to_string(), "102".to_string());
    }
    values
}

/// What breaks an element, and the code.
fn breaks(element: &Element) -> Vec<(String, &'static str)> {
    let mut broken = vec![
        (of_length(element, element.max + 1), "E1205"),
        (fine(element).replacen(|_: char| true, "\u{1}", 1), "E1206"),
    ];
    if element.min > 1 {
        broken.push((of_length(element, element.min - 1), "E1204"));
    }
    match element.kind {
        Kind::Number => {
            broken.push(("A".repeat(element.min as usize), "E1215"));
            broken.push((format!("{}.", of_length(element, element.min)), "E1211"));
            broken.push((format!("{},1", of_length(element, element.min)), "E1211"));
            broken.push((format!(".{}", of_length(element, element.min)), "E1216"));
        }
        Kind::Alphabetic => broken.push(("1".repeat(element.min as usize), "E1215")),
        _ => {}
    }
    if element.codes.is_some() && element.kind != Kind::Number {
        broken.push(("%".repeat(element.min as usize), "E1207"));
    }
    broken
}

/// One broken segment, and what must be found: code, element and component from 1.
type Case = (String, &'static str, usize, Option<usize>);

fn cases(dictionary: &Dictionary, shape: &Shape) -> Vec<Case> {
    let mut cases = Vec::new();
    let dtm = |e: usize, c: usize| shape.id == "DTM" && e == 0 && c > 0;
    for (e, position) in shape.positions.iter().enumerate() {
        let parts: Vec<(Option<usize>, char, u16)> = match position.holds {
            Holds::Element(at) => vec![(None, position.requirement, at)],
            Holds::Composite(at) => {
                let parts = dictionary.composites[usize::from(at)].positions.iter().enumerate();
                parts
                    .filter_map(|(n, p)| match p.holds {
                        Holds::Element(at) => Some((Some(n), p.requirement, at)),
                        Holds::Composite(_) => None,
                    })
                    .collect()
            }
        };
        for &(component, requirement, at) in &parts {
            let c = component.unwrap_or(0);
            let element = &dictionary.elements[usize::from(at)];
            let with = |value: String| {
                let mut values = base(dictionary, shape, Some((e, c)));
                values[e][c] = value;
                written(shape.id, &values)
            };
            if !dtm(e, c) {
                for (value, code) in breaks(element) {
                    cases.push((with(value), code, e + 1, component.map(|c| c + 1)));
                }
            }
            let alone =
                base(dictionary, shape, Some((e, c)))[e].iter().filter(|v| !v.is_empty()).count() == 1;
            if requirement == 'M' && (component.is_none() || !alone) {
                cases.push((with(String::new()), "E1201", e + 1, component.map(|c| c + 1)));
            }
        }
        let mut values = base(dictionary, shape, Some((e, 0)));
        let many = parts.len().max(1);
        values[e].resize(many, String::new());
        values[e].push("A".to_string());
        cases.push((written(shape.id, &values), "E1213", e + 1, Some(many + 1)));
        if position.requirement == 'M' && matches!(position.holds, Holds::Composite(_)) {
            let mut values = base(dictionary, shape, None);
            values[e].clear();
            cases.push((written(shape.id, &values), "E1201", e + 1, None));
        }
        let mut values = base(dictionary, shape, Some((e, 0)));
        let first: String = written("", &vec![values[e].clone()]).trim_start_matches('+').to_string();
        let repeats = vec![first; position.max_repeat as usize + 1].join("*");
        values[e] = vec![repeats];
        cases.push((written(shape.id, &values), "E1212", e + 1, None));
    }
    let mut values = base(dictionary, shape, None);
    values.resize(shape.positions.len(), Vec::new());
    values.push(vec!["A".to_string()]);
    cases.push((written(shape.id, &values), "E1203", shape.positions.len() + 1, None));
    cases
}

#[test]
fn every_element_rule_broken_is_found_where_it_was_broken() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for directory in ["d96a", "d01b", "v3", "v4"] {
        let dictionary = Dictionary::edifact(directory).unwrap();
        for shape in dictionary.segments.iter().filter(|s| !matches!(s.id, "UNH" | "UNT")) {
            let text: &'static str = format!("set TEST TEST x\nM 1 {}\n", shape.id).leak();
            let schema = Schema::compile("test.schema", text, dictionary).unwrap();
            let clean = [written(shape.id, &base(dictionary, shape, None))];
            let found = schema.validate(&set(&clean, "D:96A:UN", DELIMITERS)).findings;
            assert!(found.is_empty(), "{clean:?} {found:?}");
            for (line, code, element, component) in cases(dictionary, shape) {
                let lines = [line];
                let found = schema.validate(&set(&lines, "D:96A:UN", DELIMITERS)).findings;
                checked += 1;
                let place = |f: &Finding| (f.code.0, f.place.element, f.place.component, f.place.position);
                let expected = (code, Some(element as u16), component.map(|c| c as u16), Some(1));
                if found.iter().map(place).collect::<Vec<_>>() != [expected] {
                    wrong.push(format!(
                        "{directory} {lines:?}: expected {expected:?}, found {:?}",
                        found.iter().map(told).collect::<Vec<_>>()
                    ));
                }
            }
        }
    }
    println!("{checked} broken elements");
    assert!(checked > 5000);
    assert!(wrong.is_empty(), "{} of {checked}\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// One line of a message's table.
#[derive(Debug)]
struct Row {
    depth: usize,
    group: bool,
    mandatory: bool,
    max: usize,
    tag: String,
}

fn rows(message: &str, directory: &str) -> Vec<Row> {
    let path = format!("{}/schemas/edifact/{directory}/{message}.schema", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = Vec::new();
    for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with("set ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let group = words[0] == "loop";
        let words = &words[usize::from(group)..];
        rows.push(Row {
            depth: (line.len() - line.trim_start().len()) / 2,
            group,
            mandatory: words[0] == "M",
            max: words[1].parse().unwrap(),
            tag: words[words.len() - 1].to_string(),
        });
    }
    rows
}

/// The message's lines: each segment and group of the table once.
fn lines(message: &str, directory: &str) -> Vec<String> {
    let bytes = sample(message, directory, Extent::Whole).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<String> = text["UNA:+.? '".len()..].split_terminator('\'').map(str::to_string).collect();
    lines[1..lines.len() - 1].to_vec()
}

/// The segment in its context, so that where it may stand else does not matter: the least message with the way to it.
struct Broken {
    lines: Vec<String>,
    /// Code, segment and position.
    expected: (&'static str, String, u32),
}

/// Rows that a message must have, and those on the way to `target` with its own group's mandatory ones.
fn way_to(rows: &[Row], target: usize) -> Vec<usize> {
    let mut above = Vec::new();
    let mut depth = rows[target].depth;
    for at in (0..target).rev() {
        if rows[at].group && rows[at].depth + 1 == depth {
            above.push(at);
            depth -= 1;
        }
    }
    let mut kept = Vec::new();
    let mut skipped: Option<usize> = None;
    for (at, row) in rows.iter().enumerate() {
        if skipped.is_some_and(|depth| row.depth > depth) {
            continue;
        }
        skipped = None;
        if row.mandatory || above.contains(&at) || at == target {
            kept.push(at);
        } else if row.group {
            skipped = Some(row.depth);
        }
    }
    kept.retain(|&at| !rows[at].group);
    kept
}

/// What is one too many here may stand in another place of the table, without a fault: message, directory, segment, maximum.
/// DELFOR has two UNS, so that it cannot be told which of them is missing.
const AMBIGUOUS: &[(&str, &str, &str, usize)] = &[
    ("INVRPT", "d96a", "QTY", 10),
    ("DELJIT", "d96a", "FTX", 5),
    ("DELFOR", "d96a", "UNS", 1),
    ("DELFOR", "d96a", "LIN", 9999),
];

fn structure(message: &str, directory: &str, most: usize) -> Vec<Broken> {
    let rows = rows(message, directory);
    let samples = lines(message, directory);
    let line = |tag: &str| samples.iter().find(|l| l.split('+').next() == Some(tag)).cloned();
    let mut broken = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.tag.as_str(), "UNH" | "UNT") || row.group {
            continue;
        }
        let kept = way_to(&rows, at);
        let Some(lines) = kept.iter().map(|&k| line(&rows[k].tag)).collect::<Option<Vec<String>>>() else {
            continue;
        };
        let Some(place) = kept.iter().position(|&k| k == at) else { continue };
        let trigger = at > 0 && rows[at - 1].group;
        // The group repeats, not its trigger.
        let (max, code) = if trigger { (rows[at - 1].max, "E1104") } else { (row.max, "E1105") };
        if AMBIGUOUS.contains(&(message, directory, row.tag.as_str(), max)) {
            continue;
        }
        if row.mandatory && !trigger {
            let mut lines = lines.clone();
            lines.remove(place);
            broken.push(Broken { lines, expected: ("E1103", row.tag.clone(), place as u32 + 1) });
        }
        let group_end = (at..rows.len()).find(|&k| rows[k].depth < row.depth).unwrap_or(rows.len());
        let end = if trigger { kept.iter().filter(|&&k| k > at && k < group_end).count() } else { 0 };
        if max <= most {
            let unit = lines[place..=place + end].to_vec();
            let mut lines = lines.clone();
            let repeats = unit.iter().cloned().cycle().take(unit.len() * max);
            lines.splice(place..place, repeats);
            let position = (place + unit.len() * max) as u32 + 1;
            broken.push(Broken { lines, expected: (code, row.tag.clone(), position) });
        }
    }
    broken
}

/// In all with PORTWAY_SOAK=1, else those that repeat up to ten times.
#[test]
fn every_structural_rule_broken_is_found_where_it_was_broken() {
    let most = if std::env::var_os("PORTWAY_SOAK").is_some() { 9999 } else { 10 };
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for (message, directory) in shipped_edifact() {
        let schema = Schema::edifact(message, directory).unwrap();
        for Broken { lines, expected } in structure(message, directory, most) {
            let found = schema.validate(&set(&lines, version_of(directory), Delimiters::EDIFACT)).findings;
            checked += 1;
            let place = |f: &Finding| (f.code.0, f.place.segment.clone().unwrap(), f.place.position.unwrap());
            let told: Vec<_> = found.iter().map(place).collect();
            if told != [expected.clone()] {
                wrong.push(format!("{message} {directory} expected {expected:?} found {told:?}"));
            }
        }
    }
    println!("{checked} broken structures");
    assert!(wrong.is_empty(), "{} of {checked}\n{}", wrong.len(), wrong.join("\n"));
}

/// Segment, positions that are there, and what is found at which.
type NoteCase = (&'static str, &'static [usize], &'static [(&'static str, u16)]);

/// Dependency notes of syntax 4: what is there, as positions; the code, and where it points.
const NOTES: &[NoteCase] = &[
    ("UCI", &[1, 2, 3, 4, 6], &[("E1202", 5)]),
    ("UCI", &[1, 2, 3, 4, 7], &[("E1202", 5)]),
    ("UCI", &[1, 2, 3, 4, 5, 6, 8], &[("E1202", 9)]),
    ("UCI", &[1, 2, 3, 4, 5, 6, 9], &[("E1202", 8)]),
    ("UCF", &[1, 4, 6], &[("E1202", 5)]),
    ("UCM", &[3], &[("E1202", 1)]),
    ("UCM", &[1, 2, 3, 7, 8], &[("E1210", 7)]),
    ("UCM", &[1, 3], &[("E1202", 2)]),
    ("UCM", &[3, 7], &[("E1202", 8)]),
    ("UCM", &[1, 2, 3, 5], &[("E1202", 4)]),
    ("UCM", &[1, 2, 3, 4, 6], &[("E1202", 5)]),
    ("UNG", &[1, 5], &[("E1202", 6)]),
    ("UNG", &[1, 5, 6, 7], &[]),
];

#[test]
fn every_dependency_note_broken_is_found() {
    let dictionary = Dictionary::edifact("v4").unwrap();
    for (id, there, expected) in NOTES {
        let shape = dictionary.segment(id).unwrap();
        let text: &'static str = format!("set TEST TEST x\nM 1 {id}\n").leak();
        let schema = Schema::compile("test.schema", text, dictionary).unwrap();
        let mut values: Values = Vec::new();
        for at in 0..shape.positions.len() {
            let fill = there.contains(&(at + 1));
            values.push(if fill {
                base(dictionary, shape, Some((at, 0))).swap_remove(at)
            } else {
                Vec::new()
            });
        }
        let lines = [written(id, &values)];
        let found = schema.validate(&set(&lines, "4:1:UN", DELIMITERS)).findings;
        let found: Vec<_> = found.iter().map(|f| (f.code.0, f.place.element.unwrap())).collect();
        assert_eq!(found, *expected, "{lines:?}");
    }
}
