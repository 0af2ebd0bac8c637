//! A segment in words: its title, then each value behind the title of its element, codes with their meaning.
//!
//! Titles come from the dictionary of the set's version; the meaning of codes from `meanings.txt`, our own words for those
//! that people meet most. A code that is not in there is shown bare. Values are cut at 120 characters.

use portway_edi::schema::{Dictionary, Element, Holds, Kind};
use portway_edi::{Segment, Standard};
use std::collections::HashMap;
use std::sync::OnceLock;

const LONGEST: usize = 120;

pub struct Wording {
    pub standard: Standard,
    pub dictionary: Option<&'static Dictionary>,
}

/// The dictionary for what has no schema of its own.
pub fn dictionary_of(standard: Standard) -> Option<&'static Dictionary> {
    match standard {
        Standard::X12 => Dictionary::x12("004010"),
        Standard::Edifact => Dictionary::edifact("d96a"),
    }
}

impl Wording {
    /// The title of the segment, then `title: value` for each value that is there.
    pub fn parts(&self, segment: &Segment<'_>) -> Vec<String> {
        let shape = self.dictionary.and_then(|d| d.segment(segment.tag()));
        let mut parts = vec![match (shape, segment.tag()) {
            (_, "HL") => capitalised(self.meaning("735", &segment.text(3)).unwrap_or("level")),
            (Some(shape), _) => shape.title.to_owned(),
            (None, _) => "unknown segment".to_owned(),
        }];
        for (number, value) in (1usize..).zip(segment.elements()).filter(|(_, value)| !value.is_empty()) {
            if segment.binary() == Some(number) {
                parts.push(format!("{} bytes of data", value.len()));
                continue;
            }
            let holds = shape.and_then(|s| s.positions.get(number - 1)).map(|p| p.holds);
            self.element(segment, number, holds, value, &mut parts);
        }
        parts
    }

    fn element<'a>(
        &self,
        segment: &Segment<'a>,
        number: usize,
        holds: Option<Holds>,
        value: &'a [u8],
        parts: &mut Vec<String>,
    ) {
        let delimiters = segment.delimiters;
        let repeats = match delimiters.repetition {
            Some(repetition) => split(value, repetition, delimiters.release),
            None => vec![value],
        };
        for repeat in repeats {
            let components = split(repeat, delimiters.component, delimiters.release);
            for (at, component) in components.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
                let text = decoded(segment, component);
                let element = holds.and_then(|holds| self.held(holds, at));
                parts.push(match element {
                    Some(element) => format!("{}: {}", element.title, self.value(element, &text)),
                    None => format!("element {number}: {text}"),
                });
            }
        }
    }

    fn held(&self, holds: Holds, component: usize) -> Option<&'static Element> {
        let dictionary = self.dictionary?;
        let index = match holds {
            Holds::Element(index) if component == 0 => index,
            Holds::Element(_) => return None,
            Holds::Composite(index) => {
                let composite = dictionary.composites.get(usize::from(index))?;
                match composite.positions.get(component)?.holds {
                    Holds::Element(index) => index,
                    Holds::Composite(_) => return None,
                }
            }
        };
        dictionary.elements.get(usize::from(index))
    }

    fn value(&self, element: &Element, text: &str) -> String {
        if let Some(meaning) = self.meaning(element.id, text) {
            return format!("{text} ({meaning})");
        }
        match element.kind {
            Kind::Numeric(decimals) if decimals > 0 => match with_point(text, usize::from(decimals)) {
                Some(number) => format!("{text} ({number})"),
                None => text.to_owned(),
            },
            _ => text.to_owned(),
        }
    }

    fn meaning(&self, element: &str, code: &str) -> Option<&'static str> {
        meanings().get(&(self.standard, element, code)).copied()
    }
}

fn decoded<'a>(segment: &Segment<'a>, value: &'a [u8]) -> String {
    let text = segment.decoded(value).into_owned();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// `500` with two implied decimals is `5.00`.
fn with_point(text: &str, decimals: usize) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    Some(format!("{sign}{whole}.{part}"))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What the separator cuts, released ones excepted.
fn split(bytes: &[u8], separator: u8, release: Option<u8>) -> Vec<&[u8]> {
    let mut released = false;
    bytes
        .split(|&byte| {
            let cuts = byte == separator && !released;
            released = !released && Some(byte) == release;
            cuts
        })
        .collect()
}

type Meanings = HashMap<(Standard, &'static str, &'static str), &'static str>;

/// `x12 98: BY buyer, ST ship to` a line.
fn meanings() -> &'static Meanings {
    static MEANINGS: OnceLock<Meanings> = OnceLock::new();
    MEANINGS.get_or_init(|| {
        let mut all = Meanings::new();
        let lines = include_str!("meanings.txt").lines().filter(|line| !line.starts_with('#'));
        for (list, codes) in lines.filter_map(|line| line.split_once(": ")) {
            let Some((standard, elements)) = list.split_once(' ') else { continue };
            let standard = if standard == "x12" { Standard::X12 } else { Standard::Edifact };
            for element in elements.split(' ') {
                let codes = codes.split(", ").filter_map(|code| code.split_once(' '));
                all.extend(codes.map(|(code, meaning)| ((standard, element, code), meaning)));
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_is_of_a_code_that_there_is() {
        assert!(meanings().len() > 200);
        let unlisted: Vec<_> = meanings()
            .keys()
            .filter(|(standard, element, code)| {
                let dictionaries = match standard {
                    Standard::X12 => [Dictionary::x12("004010"), Dictionary::x12("005010")],
                    Standard::Edifact => [Dictionary::edifact("d96a"), Dictionary::edifact("d01b")],
                };
                let is_listed =
                    |e: &Element| e.codes.as_ref().is_none_or(|codes| codes.contains(code.as_bytes()));
                !dictionaries.iter().flatten().filter_map(|d| d.element(element)).any(is_listed)
            })
            .collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
    }

    #[test]
    fn implied_decimals_get_their_point() {
        for (text, expected) in [("500", Some("5.00")), ("-5", Some("-0.05")), ("", None), ("1.5", None)] {
            assert_eq!(with_point(text, 2).as_deref(), expected);
        }
    }
}
