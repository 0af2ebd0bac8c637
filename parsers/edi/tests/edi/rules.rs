//! Each rule of each schema: a sample made from the table, broken at that rule alone, yields that finding at its place.
//!
//! Rules of segments (elements, types, lengths, codes, notes) belong to the dictionary of a version and are tried in one set
//! each; rules of tables in every set. With `PORTWAY_SOAK=1` every segment is tried in every set that has it. What cannot be
//! told apart by any reader, such as a segment too many that another place of the table takes, is counted and left out.

use super::reading::{read, told};
use portway_edi::interchange::Standard;
use portway_edi::schema::{Dictionary, Element, Holds, Kind, Row, Rule, Schema, Shape, shipped};
use portway_edi::segment::{Delimiters, Notation, Segment};
use portway_edi::x12::TransactionSet;
use portway_edi::x12::sample::{Choice, SampleSegment, elements, segments, whole};
use portway_edi::x12::writer::sample;
use std::collections::BTreeSet;

const DELIMITERS: Delimiters =
    Delimiters { segment: b'~', element: b'*', component: b'>', repetition: Some(b'^'), release: None };

fn soak() -> bool {
    std::env::var_os("PORTWAY_SOAK").is_some()
}

/// A segment as it is written, without its terminator.
fn written(segment: &SampleSegment) -> String {
    let elements = segment.elements.iter().map(|e| {
        let used = e.iter().rposition(|c| !c.is_empty()).map_or(0, |at| at + 1);
        e[..used].join(">")
    });
    std::iter::once(segment.tag.to_string())
        .chain(elements)
        .collect::<Vec<_>>()
        .join("*")
        .trim_end_matches('*')
        .to_string()
}

/// The findings of a set of these segments, as `X1207 PO1:7:03`; values and answers left out.
fn found(schema: &Schema, version: &str, texts: &[String]) -> Vec<String> {
    let segments = (1u32..)
        .zip(texts)
        .map(|(position, text)| Segment {
            bytes: text.as_bytes(),
            delimiters: DELIMITERS,
            notation: Notation::default(),
            position,
            offset: 0,
        })
        .collect();
    let set = TransactionSet {
        standard: Standard::X12,
        code: schema.code().to_string(),
        version: version.to_string(),
        control_number: "0001".to_string(),
        interchange: "000000001".to_string(),
        group: "1".to_string(),
        segments,
        findings: Vec::new(),
        offset: 0,
        length: 0,
        too_large: false,
    };
    let validated = schema.validate(&set);
    validated
        .findings
        .iter()
        .map(|f| {
            let place = &f.place;
            let mut text = format!(
                "{} {}:{}",
                f.code,
                place.segment.as_deref().unwrap_or(""),
                place.position.unwrap_or(0)
            );
            if let Some(element) = place.element {
                text += &format!(":{element:02}");
            }
            if let Some(component) = place.component {
                text += &format!("-{component}");
            }
            text
        })
        .collect()
}

#[derive(Default)]
struct Tally {
    tried: usize,
    /// Another place of the table takes what is too many.
    absorbed: Vec<String>,
    /// No segment breaks the rule: two notes that contradict each other.
    unreachable: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn check(&mut self, what: String, expected: &[String], found: Vec<String>) {
        self.tried += 1;
        if found != expected && self.wrong.len() < 40 {
            self.wrong.push(format!("{what}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }

    fn end(self, name: &str) {
        println!("{name}: {} rules tried, {} absorbed", self.tried, self.absorbed.len());
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.tried > 0 && self.unreachable == 0, "{}", self.unreachable);
    }
}

#[test]
fn the_sample_of_every_set_is_clean() {
    for (set, version) in shipped().filter(|(_, version)| version.starts_with("00")) {
        let bytes = sample(set, version).unwrap();
        let reading = read(&bytes);
        let text = String::from_utf8(bytes).unwrap().replace('~', "~\n");
        let told: Vec<String> = reading.findings.iter().map(told).collect();
        assert!(told.is_empty(), "{set} {version}: {told:?}\n{text}");
        assert_eq!(reading.sets, 1);
    }
    assert!(sample("850", "003050").is_none() && sample("999", "004010").is_none());
}

#[test]
fn the_whole_of_every_set_is_clean() {
    let mut wrong = Vec::new();
    for (set, version) in shipped() {
        let bytes = whole(set, version).unwrap();
        let reading = read(&bytes);
        let findings: Vec<String> = reading.findings.iter().map(told).collect();
        if !findings.is_empty() || reading.sets != 1 {
            wrong.push(format!("{set} {version}: {findings:?}"));
        }
        let rows = Schema::x12(set, version).unwrap().rows();
        let rows = rows.iter().filter(|row| !row.is_loop).count();
        // ISA, GS, GE and IEA are no rows of the table.
        let left_out = rows + 4 - bytes.iter().filter(|&&b| b == b'~').count();
        if left_out != 0 {
            wrong.push(format!("{set} {version}: {left_out} of {rows} rows left out"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Set, what CTT01 counts, what CTT02 adds up (segment and element), by the comments of the standard's tables.
type Totals = (&'static str, &'static str, Option<(&'static str, usize)>);

const TOTALS: &[Totals] = &[
    ("810", "IT1", Some(("IT1", 2))),
    ("830", "LIN", Some(("FST", 1))),
    ("832", "LIN", None),
    ("846", "LIN", Some(("QTY", 2))),
    ("850", "PO1", Some(("PO1", 2))),
    ("852", "LIN", None),
    ("855", "PO1", Some(("PO1", 2))),
    ("856", "HL", Some(("SN1", 2))),
    ("860", "POC", Some(("POC", 3))),
    ("861", "RCD", Some(("RCD", 2))),
    ("862", "LIN", Some(("FST", 1))),
    ("865", "POC", Some(("POC", 3))),
    ("870", "PO1", Some(("PO1", 2))),
];

#[test]
fn totals_are_checked_in_every_set_that_has_them() {
    for (set, version) in shipped() {
        let rows = Schema::x12(set, version).unwrap().rows();
        let totals = TOTALS.iter().find(|t| t.0 == set);
        assert_eq!(rows.iter().any(|row| row.id == "CTT"), totals.is_some(), "{set} {version}");
        let Some((_, line, quantity)) = totals else { continue };
        let text = String::from_utf8(whole(set, version).unwrap()).unwrap();
        let segments: Vec<Vec<&str>> = text.split('~').map(|s| s.split('*').collect()).collect();
        let count = segments.iter().filter(|s| s[0] == *line).count();
        let sum: u64 = quantity.map_or(0, |(tag, element)| {
            segments.iter().filter(|s| s[0] == tag).map(|s| s[element].parse::<u64>().unwrap()).sum()
        });
        let ctt = segments.iter().find(|s| s[0] == "CTT").unwrap();
        let rest = ctt[3..].join("*");
        let with = |lines: usize, hash: u64| {
            let other =
                text.replace(&format!("~{}~", ctt.join("*")), &format!("~CTT*{lines}*{hash}*{rest}~"));
            let found = read(other.as_bytes()).findings;
            found.iter().map(|f| f.code.0).collect::<Vec<_>>()
        };
        let none: Vec<&str> = Vec::new();
        assert!(count > 0, "{set} {version}");
        assert_eq!(with(count, sum), none, "{set} {version}");
        assert_eq!(with(count + 1, sum), ["X1302"], "{set} {version}");
        let expected = if quantity.is_some() { vec!["X1303"] } else { none };
        assert_eq!(with(count, sum + 5), expected, "{set} {version}");
    }
}

#[test]
fn a_sample_shows_what_people_expect() {
    let text = String::from_utf8(sample("850", "004010").unwrap()).unwrap();
    for part in [
        "ST*850*0001~BEG*00*SA*4500123**20260105~",
        "~N1*ST*Greenfield Garden Centre*92*0014~N3*14 Orchard Lane~N4*Salem*OR*97301*US~",
        "~PO1*1*4*EA*3.25**VN*ROSE-12~PID*F****Rose bush~CTT*1~",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let notice = String::from_utf8(sample("856", "005010").unwrap()).unwrap();
    assert!(
        notice.contains("HL*1**S~") && notice.contains("HL*2*1*O~PRF*") && notice.contains("HL*3*2*I~"),
        "{notice}"
    );
}

/// One set and version, and what is needed to break it.
struct Case {
    schema: &'static Schema,
    version: &'static str,
    rows: Vec<Row>,
}

fn cases() -> impl Iterator<Item = Case> {
    shipped().filter(|(_, version)| version.starts_with("00")).map(|(set, version)| {
        let schema = Schema::x12(set, version).unwrap();
        Case { schema, version, rows: schema.rows() }
    })
}

impl Case {
    fn name(&self, row: usize) -> String {
        format!("{} {} row {row} {}", self.schema.code(), self.version, self.rows[row].id)
    }

    fn base(&self, row: usize) -> Vec<SampleSegment> {
        segments(self.schema, Choice::Row(row)).unwrap()
    }

    fn found(&self, segments: &[SampleSegment]) -> Vec<String> {
        found(self.schema, self.version, &segments.iter().map(written).collect::<Vec<_>>())
    }

    /// The rows inside a loop, or none.
    fn inside(&self, row: usize) -> std::ops::Range<usize> {
        let end = self.rows[row + 1..].iter().position(|r| r.depth <= self.rows[row].depth);
        row + 1..end.map_or(self.rows.len(), |at| row + 1 + at)
    }

    fn parent(&self, row: usize) -> Option<usize> {
        self.rows[..row].iter().rposition(|r| r.depth < self.rows[row].depth)
    }

    fn is_trigger(&self, row: usize) -> bool {
        row > 0 && self.rows[row - 1].is_loop && self.rows[row - 1].depth + 1 == self.rows[row].depth
    }

    /// Rows beside this one: of the same loop, or of the set.
    fn beside(&self, row: usize) -> impl Iterator<Item = usize> {
        let depth = self.rows[row].depth;
        let range = self.parent(row).map_or(0..self.rows.len(), |p| self.inside(p));
        range.filter(move |&r| r != row && self.rows[r].depth == depth)
    }

    /// True if another place takes the segment: an earlier one of the same loop (it is met first), or a later one of this
    /// loop or of one around it.
    fn has_other_place(&self, row: usize) -> bool {
        let id = self.rows[row].id;
        if self.beside(row).any(|r| self.rows[r].id == id) {
            return true;
        }
        let mut at = row;
        while let Some(parent) = self.parent(at) {
            let around = |r: &usize| *r > parent && self.rows[*r].id == id;
            if self.rows[parent].id == id || self.beside(parent).filter(around).any(|r| !self.is_trigger(r)) {
                return true;
            }
            at = parent;
        }
        false
    }
}

fn position(base: &[SampleSegment], row: usize) -> Option<usize> {
    base.iter().position(|s| s.row == row)
}

#[test]
fn every_row_of_every_table_can_be_reached() {
    let mut tally = Tally::default();
    for case in cases() {
        for row in 0..case.rows.len() {
            let base = case.base(row);
            tally.check(case.name(row), &[], case.found(&base));
            // A loop is there by its trigger.
            let row = if case.rows[row].is_loop { row + 1 } else { row };
            assert!(position(&base, row).is_some(), "{}", case.name(row));
        }
    }
    tally.end("rows");
}

#[test]
fn a_mandatory_row_that_is_missing_is_told_before_the_next_segment() {
    let mut tally = Tally::default();
    for case in cases() {
        // ST and SE are the reader's, a trigger is the loop itself.
        let rows = (0..case.rows.len()).filter(|&r| case.rows[r].mandatory && !case.is_trigger(r));
        for row in rows.filter(|&r| !matches!(case.rows[r].id, "ST" | "SE")) {
            let mut base = case.base(row);
            let gone = row..case.inside(row).end.max(row + 1);
            let at = base.iter().position(|s| gone.contains(&s.row)).unwrap();
            base.retain(|s| !gone.contains(&s.row));
            let expected = format!("X1103 {}:{}", case.rows[row].id, at + 1);
            let found = case.found(&base);
            let follows = base.get(at).is_some_and(|s| s.tag == case.rows[row].id);
            if follows && found != [expected.clone()] {
                tally.absorbed.push(case.name(row));
                continue;
            }
            tally.check(case.name(row), &[expected], found);
        }
    }
    assert!(tally.absorbed.is_empty());
    tally.end("mandatory rows");
}

#[test]
fn one_use_too_many_is_told_at_the_last() {
    let mut tally = Tally::default();
    let most = if soak() { u32::MAX } else { 60 };
    for case in cases() {
        for row in 0..case.rows.len() {
            let Row { id, is_loop, max: Some(max), .. } = case.rows[row] else { continue };
            if case.is_trigger(row)
                || matches!(id, "ST" | "SE")
                || max > most.max(if is_loop { 30 } else { 0 })
            {
                continue;
            }
            if case.has_other_place(row) {
                tally.absorbed.push(case.name(row));
                continue;
            }
            let base = case.base(row);
            let gone = row..case.inside(row).end.max(row + 1);
            let from = base.iter().position(|s| gone.contains(&s.row)).unwrap();
            let count = base[from..].iter().take_while(|s| gone.contains(&s.row)).count();
            let once: Vec<SampleSegment> = base[from..from + count].to_vec();
            let mut many = base[..from].to_vec();
            for number in 0..=max {
                many.extend(once.iter().cloned().map(|mut segment| {
                    if segment.tag == "HL" {
                        segment.elements[0] = vec![(number + 1).to_string()];
                    }
                    segment
                }));
            }
            many.extend(base[from + count..].iter().cloned());
            let code = if is_loop { "X1104" } else { "X1105" };
            let expected = format!("{code} {id}:{}", from + count * max as usize + 1);
            tally.check(case.name(row), &[expected], case.found(&many));
        }
    }
    // Tables that have the same segment, or bounded loop, at two places in a row.
    const TWICE: [&str; 9] = [
        "810 004010 row 45 TXI",
        "810 004010 row 64 SAC",
        "810 004010 row 66 TXI",
        "810 004010 row 72 SAC",
        "810 004010 row 74 TXI",
        "846 004010 row 64 N1",
        "832 005010 row 94 LS",
        "832 005010 row 100 LS",
        "846 005010 row 64 N1",
    ];
    let twice = tally.absorbed.iter().all(|a| TWICE.contains(&a.as_str()));
    assert!(twice || soak(), "{:?}", tally.absorbed);
    tally.end("maximum uses");
}

#[test]
fn an_unknown_segment_and_one_of_another_set_are_told() {
    let mut tally = Tally::default();
    for case in cases() {
        let base = case.base(0);
        let used: BTreeSet<&str> = case.rows.iter().map(|r| r.id).collect();
        let dictionary = case.schema.dictionary();
        let strange = dictionary.segments.iter().map(|s| s.id).chain(dictionary.known.iter().copied());
        let strange =
            strange.filter(|id| !used.contains(id)).map(|id| (id, "X1106")).chain([("ZZ9", "X1101")]);
        for (tag, code) in strange {
            let mut broken = base.clone();
            broken.insert(1, SampleSegment { tag, elements: vec![vec!["1".to_string()]], row: 0 });
            tally.check(
                format!("{} {tag}", case.schema.code()),
                &[format!("{code} {tag}:2")],
                case.found(&broken),
            );
        }
    }
    tally.end("segments without a place");
}

#[test]
fn every_rule_of_every_segment_is_enforced() {
    let mut tally = Tally::default();
    let mut tried: BTreeSet<(&str, &str)> = BTreeSet::new();
    for case in cases() {
        for row in 0..case.rows.len() {
            let id = case.rows[row].id;
            // The envelope's are the reader's; BIN holds anything, its length is the reader's too.
            let skip = case.rows[row].is_loop || matches!(id, "ST" | "SE" | "BIN");
            if skip || (tried.contains(&(case.version, id)) && !soak()) {
                continue;
            }
            tried.insert((case.version, id));
            let base = case.base(row);
            let at = position(&base, row).unwrap();
            SegmentRules { case: &case, base, at, tally: &mut tally }.all();
        }
    }
    tally.end("rules of segments");
}

/// One segment in its set, to be broken in each way there is.
struct SegmentRules<'r> {
    case: &'r Case,
    base: Vec<SampleSegment>,
    at: usize,
    tally: &'r mut Tally,
}

impl SegmentRules<'_> {
    fn all(&mut self) {
        let dictionary = self.case.schema.dictionary();
        let shape = dictionary.segment(self.base[self.at].tag).unwrap();
        self.presence(dictionary, shape);
        self.surplus(dictionary, shape);
        for at in 0..shape.positions.len() {
            let Some(whole) = elements(dictionary, shape, 1 << at) else {
                self.tally.unreachable += 1;
                continue;
            };
            match shape.positions[at].holds {
                Holds::Element(e) => self.values(&dictionary.elements[usize::from(e)], &whole, at, None),
                Holds::Composite(c) => {
                    self.composite(dictionary, &dictionary.composites[usize::from(c)], &whole, at)
                }
            }
            self.repetitions(shape, &whole, at);
        }
    }

    fn expect(&mut self, elements: Vec<Vec<String>>, expected: &[(&str, usize, Option<usize>)], what: &str) {
        let mut texts: Vec<String> = self.base.iter().map(written).collect();
        let tag = self.base[self.at].tag;
        let row = self.base[self.at].row;
        texts[self.at] = written(&SampleSegment { tag, elements, row });
        let found = found(self.case.schema, self.case.version, &texts);
        // What a value means beside others (levels, totals, check digits) is not the matter of its own rules.
        let found = found.into_iter().filter(|f| !f.starts_with("X13")).collect();
        let expected: Vec<String> = expected
            .iter()
            .map(|(code, element, component)| {
                let component = component.map_or(String::new(), |c| format!("-{c}"));
                format!("{code} {tag}:{}:{element:02}{component}", self.at + 1)
            })
            .collect();
        let what = format!("{} {} {what}: {}", self.case.name(row), tag, texts[self.at]);
        self.tally.check(what, &expected, found);
    }

    /// Mandatory elements and syntax notes, each broken alone where that is possible.
    fn presence(&mut self, dictionary: &Dictionary, shape: &Shape) {
        let count = shape.positions.len();
        let mut trials: BTreeSet<u64> = BTreeSet::new();
        for at in 0..count {
            if let Some(whole) = elements(dictionary, shape, 1 << at).map(|e| present(&e)) {
                trials.extend((0..count).filter(|b| whole >> b & 1 == 1).map(|b| whole & !(1 << b)));
            }
        }
        for note in &shape.notes {
            // Exclusions: every two of them together, each with what it asks for.
            let of: Vec<usize> = (0..count).filter(|b| note.positions >> b & 1 == 1).collect();
            let with = |at: &usize| elements(dictionary, shape, 1 << at).map_or(1 << at, |e| present(&e));
            let pairs = of.iter().flat_map(|a| of.iter().map(move |b| with(a) | with(b)));
            trials.extend(pairs.filter(|_| note.rule == Rule::Exclusive));
        }
        let filled: Vec<Option<Vec<Vec<String>>>> =
            (0..count).map(|at| elements(dictionary, shape, 1 << at)).collect();
        let mut broken = BTreeSet::new();
        for trial in trials {
            let expected = faults(shape, trial);
            if expected.is_empty() || (expected.len() > 2 && !soak()) {
                continue;
            }
            let values = (0..count).map(|at| match (trial >> at & 1, &filled[at]) {
                (1, Some(whole)) => whole[at].clone(),
                (1, None) => vec![value_at(dictionary, shape, at)],
                _ => vec![String::new()],
            });
            let values: Vec<Vec<String>> = values.collect();
            broken.extend(expected.iter().map(|&(rule, ..)| rule));
            let expected: Vec<(&str, usize, Option<usize>)> =
                expected.iter().map(|&(_, code, at)| (code, at, None)).collect();
            self.expect(values, &expected, "presence");
        }
        let rules = shape.notes.len() + shape.mandatory.count_ones() as usize;
        self.tally.unreachable += rules.saturating_sub(broken.len());
    }

    fn surplus(&mut self, dictionary: &Dictionary, shape: &Shape) {
        let mut whole = elements(dictionary, shape, 0).unwrap();
        whole.resize(shape.positions.len(), vec![String::new()]);
        whole.push(vec!["X".to_string()]);
        let number = whole.len();
        self.expect(whole, &[("X1203", number, None)], "one element too many");
    }

    fn repetitions(&mut self, shape: &Shape, whole: &[Vec<String>], at: usize) {
        let mut whole = whole.to_vec();
        let once = whole[at].join(">");
        let many = vec![once; shape.positions[at].max_repeat as usize + 1].join("^");
        whole[at] = vec![many];
        self.expect(whole, &[("X1212", at + 1, None)], "one repetition too many");
    }

    fn composite(&mut self, dictionary: &Dictionary, shape: &Shape, whole: &[Vec<String>], at: usize) {
        let count = shape.positions.len();
        let fill = |bits: u64| -> Vec<String> {
            let inner = (0..count)
                .map(|c| elements(dictionary, shape, 1 << c).map(|e| e[c][0].clone()).unwrap_or_default());
            inner.enumerate().map(|(c, v)| if bits >> c & 1 == 1 { v } else { String::new() }).collect()
        };
        let mut broken = whole.to_vec();
        broken[at] = fill(shape.mandatory | 1);
        broken[at].resize(count, String::new());
        broken[at].push("X".to_string());
        self.expect(broken.clone(), &[("X1213", at + 1, Some(count + 1))], "one component too many");
        for inner in 0..count {
            let Some(full) = elements(dictionary, shape, 1 << inner) else { continue };
            let full: Vec<String> = full.into_iter().map(|mut c| c.swap_remove(0)).collect();
            let bits = present(&full.iter().map(|c| vec![c.clone()]).collect::<Vec<_>>());
            for gone in (0..count).filter(|g| bits >> g & 1 == 1 && bits != 1 << g) {
                let expected = faults(shape, bits & !(1 << gone));
                if expected.is_empty() {
                    continue;
                }
                let expected: Vec<(&str, usize, Option<usize>)> =
                    expected.iter().map(|&(_, code, c)| (code, at + 1, Some(c))).collect();
                broken[at] = fill(bits & !(1 << gone));
                self.expect(broken.clone(), &expected, "component missing");
            }
            if let Holds::Element(e) = shape.positions[inner].holds {
                broken[at] = full;
                self.values(&dictionary.elements[usize::from(e)], &broken.clone(), at, Some(inner));
            }
        }
    }

    /// Type, lengths and codes of one value.
    fn values(&mut self, element: &Element, whole: &[Vec<String>], at: usize, component: Option<usize>) {
        let (min, max) = (element.min as usize, element.max as usize);
        let numeric = matches!(element.kind, Kind::Numeric(_) | Kind::Decimal);
        let fill = |length: usize| if numeric || is_calendar(element) { "1" } else { "X" }.repeat(length);
        let mut bad = Vec::new();
        if min > 1 {
            bad.push(("X1204", fill(min - 1)));
        }
        if max < 5000 {
            bad.push(("X1205", fill(max + 1)));
        }
        bad.push(("X1206", if numeric { "A".repeat(min) } else { format!("{}\x07", fill(min.max(1) - 1)) }));
        match element.kind {
            Kind::Date => bad.push(("X1208", if max >= 8 { "20261399" } else { "261399" }.to_string())),
            Kind::Time => bad.push(("X1209", "9999999999"[..min].to_string())),
            _ => {}
        }
        if element.codes.is_some() {
            bad.push(("X1207", "#".repeat(min)));
        }
        for (code, value) in bad {
            let mut broken = whole.to_vec();
            broken[at][component.unwrap_or(0)] = value;
            self.expect(broken, &[(code, at + 1, component.map(|c| c + 1))], "value");
        }
    }
}

fn is_calendar(element: &Element) -> bool {
    matches!(element.kind, Kind::Date | Kind::Time)
}

fn present(elements: &[Vec<String>]) -> u64 {
    let filled = elements.iter().enumerate().filter(|(_, e)| e.iter().any(|c| !c.is_empty()));
    filled.fold(0, |bits, (at, _)| bits | 1 << at)
}

fn value_at(dictionary: &Dictionary, shape: &Shape, at: usize) -> String {
    match shape.positions[at].holds {
        Holds::Element(e) => portway_edi::x12::sample::value(&dictionary.elements[usize::from(e)]),
        Holds::Composite(_) => String::new(),
    }
}

/// What X12.6 says of a segment (or composite) with these positions filled: rule, code, position. Written anew from the
/// standard's text, not from the engine.
fn faults(shape: &Shape, there: u64) -> Vec<(usize, &'static str, usize)> {
    let has = |at: &usize| there >> at & 1 == 1;
    let positions = |bits: u64| (0..64).filter(move |at| bits >> at & 1 == 1).collect::<Vec<usize>>();
    let mut found: Vec<(usize, &'static str, usize)> = positions(shape.mandatory)
        .into_iter()
        .filter(|at| !has(at))
        .map(|at| (1000 + at, "X1201", at + 1))
        .collect();
    for (number, note) in shape.notes.iter().enumerate() {
        let all = positions(note.positions);
        let first = positions(note.first).first().copied();
        let others: Vec<usize> = all.iter().copied().filter(|at| Some(*at) != first).collect();
        let some = all.iter().any(has);
        let fault = match note.rule {
            // If any is there, all must be: the first that is not.
            Rule::Paired => all.iter().find(|at| some && !has(at)).map(|at| ("X1202", *at)),
            // At least one: the first is asked for.
            Rule::Required => (!some).then_some(("X1202", all[0])),
            // Not more than one: the second that is there.
            Rule::Exclusive => all.iter().filter(|at| has(at)).nth(1).map(|at| ("X1210", *at)),
            // If the first is there, all others must be: the first that is not.
            Rule::Conditional => {
                others.iter().find(|at| first.as_ref().is_some_and(has) && !has(at)).map(|at| ("X1202", *at))
            }
            // If the first is there, one of the others must be: the first of them is asked for.
            Rule::ListConditional => {
                (first.as_ref().is_some_and(has) && !others.iter().any(has)).then_some(("X1202", others[0]))
            }
        };
        found.extend(fault.map(|(code, at)| (number, code, at + 1)));
    }
    found.sort_by_key(|&(_, _, at)| at);
    found
}
