//! `portway explain CODE`: what a diagnostic code (`X1205`, `E1205`), a segment (`PO1`, `BGM`), an element (`PO103`, `PO1-03`,
//! `C001-02`, `BGM-1004`, `DTM-2380`), a composite (`C507`) or a number of the element dictionary (`355`, `2005`) means.
//!
//! Codes come from the registers, the rest from the dictionary of the version or directory asked for; nothing is written
//! twice. Where neither is named, X12 004010 is asked first, then EDIFACT D.96A, then what only newer ones and the service
//! segments have; a name that both standards use is said to be one. Exit: 0 fine, 5 unknown (the nearest names are shown).

use super::FINE;
use super::output::{Stop, to_stdout, words};
use crate::pipeline::findings;
use portway_edi::Standard;
use portway_edi::finding::Explained;
use portway_edi::schema::{
    Dictionary, Element, Holds, Kind, Note, Position, Rule, Shape, shipped, shipped_edifact,
};
use std::fmt::Write as _;
use std::process::ExitCode;

const WIDTH: usize = 100;

pub fn run(code: &str, version: Option<&str>, directory: Option<&str>) -> ExitCode {
    to_stdout(|out| {
        let (text, also) = explain(code.trim(), version, directory)?;
        out.write_all(text.as_bytes())?;
        if let Some(also) = also {
            out.flush()?;
            words(also);
        }
        Ok(FINE)
    })
}

/// The explanation, ending in a line end; and a word on what else has that name.
fn explain(
    name: &str,
    version: Option<&str>,
    directory: Option<&str>,
) -> Result<(String, Option<String>), Stop> {
    if let Some(explained) = findings::explain(name) {
        return Ok((of_code(explained), None));
    }
    let dictionaries = dictionaries(version, directory)?;
    let upper = name.to_ascii_uppercase();
    let mut found = dictionaries.iter().filter_map(|dictionary| {
        let text = of_shape(dictionary, &upper)
            .or_else(|| of_position(dictionary, &upper))
            .or_else(|| of_number(dictionary, &upper))?;
        Some((dictionary.standard, text))
    });
    let Some((standard, text)) = found.next() else { return Err(unknown(&dictionaries, name, &upper)) };
    let also = found.any(|(other, _)| other != standard).then(|| match standard {
        Standard::X12 => format!("EDIFACT has {upper} too: --directory D96A shows it"),
        Standard::Edifact => format!("X12 has {upper} too: --version 004010 shows it"),
    });
    Ok((text, also))
}

/// Those to look into, in order.
fn dictionaries(version: Option<&str>, directory: Option<&str>) -> Result<Vec<&'static Dictionary>, Stop> {
    let service = || ["v3", "v4"].into_iter().filter_map(Dictionary::edifact);
    if let Some(version) = version {
        let mut versions: Vec<&str> = shipped().map(|(_, version)| version).collect();
        versions.dedup();
        let missing = || format!("version {version} is not known here; there are: {}", versions.join(", "));
        return Ok(vec![Dictionary::x12(version).ok_or_else(|| Stop::NotFound(missing()))?]);
    }
    if let Some(directory) = directory {
        let mut directories: Vec<String> = shipped_edifact().map(|(_, d)| d.to_ascii_uppercase()).collect();
        directories.dedup();
        let missing =
            || format!("directory {directory} is not known here; there are: {}", directories.join(", "));
        let wanted = directory.to_ascii_lowercase().replace(['.', ':'], "");
        let named = Dictionary::edifact(&wanted).ok_or_else(|| Stop::NotFound(missing()))?;
        return Ok([named].into_iter().chain(service()).collect());
    }
    let x12 = ["004010", "005010"].into_iter().filter_map(Dictionary::x12);
    let edifact = ["d96a", "d01b"].into_iter().filter_map(Dictionary::edifact);
    let mut all: Vec<&Dictionary> = x12.chain(edifact).chain(service()).collect();
    // The oldest of each standard first.
    if all.len() > 2 {
        all.swap(1, 2);
    }
    Ok(all)
}

/// `004010`, `D96A`; the service segments of EDIFACT by their syntax version.
fn edition(dictionary: &Dictionary) -> String {
    match dictionary.version {
        "v3" => "EDIFACT syntax 3".into(),
        "v4" => "EDIFACT syntax 4".into(),
        version => version.to_ascii_uppercase(),
    }
}

fn of_code(explained: &Explained) -> String {
    let mut text = format!("{}: {}\n\n", explained.code, explained.title);
    paragraph(&mut text, "", explained.meaning);
    text.push('\n');
    paragraph(&mut text, "Next:        ", explained.fix);
    paragraph(&mut text, "Whose move:  ", findings::whose(explained));
    let answers: Vec<String> =
        explained.answers.iter().map(|(element, code)| format!("{element} {code}")).collect();
    let answers = if answers.is_empty() { "nothing by itself".to_owned() } else { answers.join(", or ") };
    paragraph(&mut text, "Our answer:  ", &answers);
    text
}

fn shape<'d>(dictionary: &'d Dictionary, id: &str) -> Option<&'d Shape> {
    dictionary.segment(id).or_else(|| dictionary.composites.iter().find(|c| c.id == id))
}

/// A segment or composite: its elements in order, and its syntax notes in words.
fn of_shape(dictionary: &Dictionary, id: &str) -> Option<String> {
    let shape = shape(dictionary, id)?;
    let kind = if dictionary.segment(id).is_some() { "segment" } else { "composite" };
    let mut text = format!("{}: {} ({kind}, {})\n\n", shape.id, shape.title, edition(dictionary));
    for (number, position) in (1..).zip(&shape.positions) {
        let (reference, title, extent) = match position.holds {
            Holds::Element(index) => {
                let element = dictionary.elements.get(usize::from(index))?;
                (
                    element.id,
                    element.title,
                    match dictionary.standard {
                        Standard::X12 => format!("{:2} {}/{}", element.type_name, element.min, element.max),
                        Standard::Edifact => element.type_name.to_owned(),
                    },
                )
            }
            Holds::Composite(index) => {
                let composite = dictionary.composites.get(usize::from(index))?;
                (composite.id, composite.title, "composite".to_owned())
            }
        };
        let repeats =
            if position.max_repeat > 1 { format!(" x{}", position.max_repeat) } else { String::new() };
        let name = place(shape, number, None);
        let _ = writeln!(
            text,
            "  {name:8} {} {reference:>4}  {extent:9}  {title}{repeats}",
            position.requirement
        );
    }
    if !shape.notes.is_empty() {
        text.push('\n');
        for note in &shape.notes {
            paragraph(&mut text, "  ", &in_words(shape, note));
        }
    }
    let optional = match dictionary.standard {
        Standard::X12 => "O optional, X decided by the rules above",
        Standard::Edifact => "C conditional",
    };
    let _ = writeln!(
        text,
        "\nM mandatory, {optional}. `portway explain {}` shows an element.",
        place(shape, 1, None)
    );
    Some(text)
}

/// `PO103`, `PO1-03`, `PO1-3`, `SLN05-2`, `SLN-05-02`, `C001-02`.
fn of_position(dictionary: &Dictionary, name: &str) -> Option<String> {
    let mut parts = name.split(['-', '.', ':']);
    let first = parts.next()?;
    let rest: Vec<usize> = parts.map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let (segment, numbers) = match shape(dictionary, first) {
        Some(segment) => (segment, rest),
        None => {
            let (id, number) = first.split_at_checked(first.len().checked_sub(2)?)?;
            let mut numbers = vec![number.parse().ok()?];
            numbers.extend(rest);
            (shape(dictionary, id)?, numbers)
        }
    };
    match *numbers.as_slice() {
        [number] => {
            of_element(dictionary, segment, number, None).or_else(|| by_number(dictionary, segment, number))
        }
        [number, component] => {
            let Holds::Composite(index) = segment.positions.get(number.checked_sub(1)?)?.holds else {
                return None;
            };
            let composite = dictionary.composites.get(usize::from(index))?;
            of_element(dictionary, composite, component, Some((segment, number)))
        }
        _ => None,
    }
}

/// `DTM-2380`: where the element with that number stands in a segment, itself or in a composite of it.
fn by_number(dictionary: &Dictionary, shape: &Shape, id: usize) -> Option<String> {
    let is_it = |position: &Position| match position.holds {
        Holds::Element(at) => {
            dictionary.elements.get(usize::from(at)).is_some_and(|e| e.id.parse() == Ok(id))
        }
        Holds::Composite(_) => false,
    };
    (1..).zip(&shape.positions).find_map(|(number, position)| match position.holds {
        Holds::Composite(at) => {
            let composite = dictionary.composites.get(usize::from(at))?;
            let component = composite.positions.iter().position(is_it)? + 1;
            of_element(dictionary, composite, component, Some((shape, number)))
        }
        Holds::Element(_) if is_it(position) => of_element(dictionary, shape, number, None),
        Holds::Element(_) => None,
    })
}

/// One position of a shape; `inside`: the segment and element in which the composite stands.
fn of_element(
    dictionary: &Dictionary,
    shape: &Shape,
    number: usize,
    inside: Option<(&Shape, usize)>,
) -> Option<String> {
    let position = shape.positions.get(number.checked_sub(1)?)?;
    let name = match inside {
        Some((segment, element)) => place(segment, element, Some(number)),
        None => place(shape, number, None),
    };
    let (what, title, element) = match position.holds {
        Holds::Element(index) => {
            let element = dictionary.elements.get(usize::from(index))?;
            (format!("element {}", element.id), element.title, Some(element))
        }
        Holds::Composite(index) => {
            let composite = dictionary.composites.get(usize::from(index))?;
            (format!("composite {}", composite.id), composite.title, None)
        }
    };
    let mut text =
        format!("{name}: {title} ({what} in {}, {}; {})\n\n", shape.id, shape.title, edition(dictionary));
    paragraph(&mut text, "  Needed:  ", needed(position));
    if position.max_repeat > 1 {
        paragraph(&mut text, "  Repeats: ", &format!("up to {} times", position.max_repeat));
    }
    match element {
        Some(element) => of_type(&mut text, element),
        None => paragraph(
            &mut text,
            "  Type:    ",
            &format!(
                "composite: `portway explain {}` shows its parts",
                what.trim_start_matches("composite ")
            ),
        ),
    }
    for note in shape.notes.iter().filter(|n| n.positions >> (number - 1) & 1 == 1) {
        paragraph(&mut text, "  Rule:    ", &in_words(shape, note));
    }
    Some(text)
}

/// A number of the element dictionary, and where it is used.
fn of_number(dictionary: &Dictionary, id: &str) -> Option<String> {
    let index = dictionary.elements.iter().position(|e| e.id == id)?;
    let element = dictionary.elements.get(index)?;
    let mut text = format!("{}: {} (element of {})\n\n", element.id, element.title, edition(dictionary));
    of_type(&mut text, element);
    let mut places = Vec::new();
    for shape in dictionary.segments.iter().chain(&dictionary.composites) {
        let here = |p: &Position| matches!(p.holds, Holds::Element(at) if usize::from(at) == index);
        places
            .extend((1..).zip(&shape.positions).filter(|(_, p)| here(p)).map(|(n, _)| place(shape, n, None)));
    }
    paragraph(&mut text, "  Used in: ", &places.join(" "));
    Some(text)
}

fn of_type(text: &mut String, element: &Element) {
    let kind = match element.type_name {
        "ID" => "a value of a code list".to_owned(),
        "AN" => "text".to_owned(),
        "R" => "a number, with a decimal point where it has decimals".to_owned(),
        "N0" => "a whole number".to_owned(),
        "DT" => "a date".to_owned(),
        "TM" => "a time of day".to_owned(),
        "B" => "bytes".to_owned(),
        _ if element.kind == Kind::Alphanumeric && element.codes.is_some() => {
            "a value of a code list".to_owned()
        }
        _ if element.kind == Kind::Alphanumeric => "text".to_owned(),
        _ if element.kind == Kind::Alphabetic => "letters".to_owned(),
        _ if element.kind == Kind::Number => "a number, its decimal mark and sign not counted".to_owned(),
        other => match other.split_at_checked(1) {
            Some(("N", decimals)) => {
                format!("a number whose last {decimals} digits are decimals, without a point")
            }
            _ => "a number, with a decimal point where it has decimals".to_owned(),
        },
    };
    paragraph(text, "  Type:    ", &format!("{} ({kind})", element.type_name));
    let length = if element.min == element.max {
        element.min.to_string()
    } else {
        format!("{} to {}", element.min, element.max)
    };
    paragraph(text, "  Length:  ", &format!("{length} characters"));
    match &element.codes {
        Some(codes) => paragraph(text, "  Values:  ", &codes.values().join(" ")),
        None if element.kind == Kind::Identifier => {
            paragraph(text, "  Values:  ", "kept by another body (ISO, a postal service, …): not checked")
        }
        None => {}
    }
}

fn needed(position: &Position) -> &'static str {
    match position.requirement {
        'M' => "always",
        'X' => "as the rules below say",
        _ => "optional",
    }
}

/// A syntax note (X12.6) in words.
fn in_words(shape: &Shape, note: &Note) -> String {
    let named = |set: u64| -> Vec<String> {
        (0..shape.positions.len()).filter(|i| set >> i & 1 == 1).map(|i| place(shape, i + 1, None)).collect()
    };
    let (all, first, others) =
        (named(note.positions), named(note.first).concat(), named(note.positions & !note.first));
    match note.rule {
        Rule::Paired => format!("all of {} or none of them", list(&all, "and")),
        Rule::Required => format!("at least one of {}", list(&all, "and")),
        Rule::Exclusive => format!("at most one of {}", list(&all, "and")),
        Rule::Conditional => format!("with {first} also {}", list(&others, "and")),
        Rule::ListConditional => format!("with {first} also at least one of {}", list(&others, "and")),
    }
}

fn list(names: &[String], last: &str) -> String {
    match names {
        [first @ .., end] if !first.is_empty() => format!("{} {last} {end}", first.join(", ")),
        _ => names.concat(),
    }
}

/// `PO103`, `SLN05-2`; in a composite, whose id ends in digits, `C001-02`.
fn place(shape: &Shape, number: usize, component: Option<usize>) -> String {
    match component {
        Some(component) => format!("{}{number:02}-{component}", shape.id),
        None if shape.id.len() == 4 => format!("{}-{number:02}", shape.id),
        None => format!("{}{number:02}", shape.id),
    }
}

/// Words in lines of [`WIDTH`], the first behind `label`, the others indented as far.
fn paragraph(text: &mut String, label: &str, words: &str) {
    let indent = " ".repeat(label.len());
    let mut line = label.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = indent.clone();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    let _ = writeln!(text, "{line}");
}

fn unknown(dictionaries: &[&'static Dictionary], name: &str, upper: &str) -> Stop {
    let shapes = || dictionaries.iter().flat_map(|d| d.segments.iter().chain(&d.composites));
    let places = shapes().flat_map(|s| (1..=s.positions.len()).map(|n| place(s, n, None)));
    let names =
        findings::all().map(|e| e.code.0.to_owned()).chain(shapes().map(|s| s.id.to_owned())).chain(places);
    let plain = upper.replace('-', "");
    let mut near: Vec<(usize, String)> =
        names.map(|n| (strsim::damerau_levenshtein(&plain, &n.replace('-', "")), n)).collect();
    near.sort();
    near.dedup();
    let near: Vec<String> =
        near.into_iter().filter(|(far, n)| *far <= 2 && *far < n.len()).take(3).map(|(_, n)| n).collect();
    let hint = match near.is_empty() {
        true => {
            "name a code (X1205), a segment (PO1, BGM), an element (PO103, DTM-2380) or an element's number (355)"
                .to_owned()
        }
        false => format!("near are: {}", near.join(", ")),
    };
    let editions: Vec<String> = dictionaries.iter().map(|d| edition(d)).collect();
    let name = super::output::shown(name);
    Stop::NotFound(format!("`{name}` is not known in {}; {hint}", list(&editions, "and")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(name: &str) -> String {
        explain(name, None, None).unwrap_or_else(|stop| panic!("{name}: {stop:?}")).0
    }

    #[test]
    fn an_element_is_found_by_each_way_to_write_it() {
        for name in ["PO103", "PO1-03", "PO1-3", "po1-03"] {
            let text = text(name);
            assert!(
                text.starts_with("PO103: ") && text.contains("element 355") && text.contains(" EA "),
                "{text}"
            );
        }
        assert!(text("SLN05-1").starts_with("SLN05-1: "));
        assert!(text("C001-01").starts_with("C001-01: "));
        assert!(text("N102").contains("element 93"));
    }

    #[test]
    fn rules_are_told_in_words() {
        let text = text("N1");
        assert!(
            text.contains("at least one of N102 and N103") && text.contains("all of N103 and N104 or none"),
            "{text}"
        );
    }

    #[test]
    fn codes_of_all_registers_and_elements_by_number() {
        for name in ["X1205", "x1190", "D1002", "355", "C001", "PO1", "ISA"] {
            assert!(!text(name).is_empty());
        }
        assert!(text("X1205").contains("AK403 5"));
        assert!(text("355").contains("PO103"));
    }

    #[test]
    fn edifact_is_found_by_segment_composite_and_number() {
        for (name, begins) in [
            ("BGM", "BGM: "),
            ("BGM-1004", "BGM02: "),
            ("DTM-2380", "DTM01-2: "),
            ("C507", "C507: "),
            ("C507-2380", "C507-02: "),
            ("2005", "2005: "),
            ("UNB", "UNB: "),
            ("E1205", "E1205: "),
        ] {
            assert!(text(name).starts_with(begins), "{name}: {}", text(name));
        }
        let of = |name, directory| explain(name, None, Some(directory)).map(|(text, _)| text).unwrap();
        assert!(of("LIN", "D01B").contains("D01B") && of("LIN", "d.96a").contains("D96A"));
        assert!(explain("LIN", None, None).unwrap().1.unwrap().contains("EDIFACT has LIN too"));
        assert!(explain("PO1", None, Some("D96A")).is_err() && explain("PO1", None, Some("D99")).is_err());
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_is_near() {
        let Err(Stop::NotFound(message)) = explain("X1250", Some("004010"), None) else {
            panic!("X1250 is no code")
        };
        assert!(message.contains("X1205"), "{message}");
        let Err(Stop::NotFound(message)) = explain("PO199", Some("004010"), None) else {
            panic!("PO199 is no element")
        };
        assert!(message.contains("PO1"), "{message}");
        let Err(Stop::NotFound(message)) = explain("PO1", Some("009999"), None) else {
            panic!("there is no such version")
        };
        assert!(message.contains("004010"), "{message}");
        for odd in ["", "-", "é", "PO1-0", "PO1-99999999999999999999", "--", "日本語", "\u{1b}[31m"] {
            assert!(explain(odd, Some("004010"), None).is_err(), "{odd}");
        }
    }
}
