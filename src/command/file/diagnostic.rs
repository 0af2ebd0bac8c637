//! A finding as rustc shows its own: the segment as the source line, a caret under the very element or component.
//!
//! ```text
//! error[X1207]: PO103 'XQ' is not in the code list of 355 (Unit of measure)
//!   --> orders.edi:24:9
//!    |
//! 24 | PO1*2*8*XQ*5.25*PE*BP*FERN-08*UP*078742000015~
//!    |         ^^
//!    = note: segment 22 of set 0001, group 417, interchange 000000417
//!    = help: …
//!    = answer: AK403 7
//! ```
//! Line and column are those of the file, so that an editor finds them; without line ends in the file the column is the byte.
//! Long segments are cut around the element. Nothing from the file reaches the terminal unfiltered.

use super::Stop;
use super::source::Source;
use crate::command::output::{shown, visible};
use crate::pipeline::findings::NO_INTERCHANGE;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use portway_edi::{Delimiters, Finding, Severity};
use std::ops::Range;

/// Bytes kept on each side of what is pointed at.
const AROUND: usize = 48;
/// Bytes shown of what is pointed at.
const WIDEST: usize = 60;
/// Where the end of a segment is looked for, as far as the reader does.
const LONGEST: usize = 1 << 20;

/// The segment's text around the fault, and the bytes of that text to underline.
#[derive(Debug, PartialEq, Eq)]
struct Excerpt {
    text: String,
    span: Range<usize>,
}

/// The finding, rendered, ending in an empty line. `delimiters`: of the interchange it stands in.
pub fn render(
    finding: &Finding,
    source: &mut Source,
    delimiters: Option<Delimiters>,
    coloured: bool,
) -> Result<String, Stop> {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let offset = finding.place.offset;
    let head = source.bytes(offset, 4096)?;
    let bytes = match delimiters {
        Some(d) if find(&head, d.segment, d.release).is_none() && head.len() == 4096 => {
            source.bytes(offset, LONGEST)?
        }
        _ => head,
    };
    let pointed = point(finding, &bytes, delimiters);
    let (line, column) = source.line(offset + pointed.start as u64)?;
    let excerpt = cut(segment(&bytes, delimiters), pointed);
    let (message, name, place) = (shown(&finding.message), shown(&source.name), place(finding));
    let line_number = usize::try_from(line).unwrap_or(usize::MAX);
    let origin =
        Origin::path(&*name).line(line_number).char_column(usize::try_from(column).unwrap_or(usize::MAX));
    let mut group = level.primary_title(&*message).id(finding.code.0).element(origin);
    // What holds no interchange is shown as the stray bytes that it is.
    if !excerpt.text.is_empty() && finding.code != NO_INTERCHANGE {
        let mark = AnnotationKind::Primary.span(excerpt.span.clone());
        group = group.element(Snippet::source(&*excerpt.text).line_start(line_number).annotation(mark));
    }
    group = notes(group, finding, &place);
    Ok(without_second_place(&renderer.render(&[group])) + "\n")
}

/// The renderer takes a cut text for one of another file, and marks that with a line of `:::` alone.
fn without_second_place(rendered: &str) -> String {
    let marks = |line: &str| anstream::adapter::strip_str(line).to_string().trim() == ":::";
    rendered.lines().filter(|line| !marks(line)).map(|line| format!("{line}\n")).collect()
}

fn notes<'g>(mut group: Group<'g>, finding: &'g Finding, place: &'g str) -> Group<'g> {
    if !place.is_empty() {
        group = group.element(Level::NOTE.message(place));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(answer) = &finding.answer {
        group = group
            .element(Level::INFO.with_name("answer").message(format!("{} {}", answer.element, answer.code)));
    }
    group
}

/// `segment 22 of set 0001, group 417, interchange 000000417`
fn place(finding: &Finding) -> String {
    let place = &finding.place;
    let parts = [
        ("segment", place.position.map(|p| p.to_string())),
        ("set", place.set.clone()),
        ("group", place.group.clone()),
        ("interchange", place.interchange.clone()),
    ];
    let named: Vec<String> =
        parts.into_iter().filter_map(|(what, id)| id.map(|id| format!("{what} {id}"))).collect();
    shown(&named.join(", ").replacen(", set", " of set", 1))
}

/// The bytes of the segment, its terminator included; the first line of what belongs to no interchange.
fn segment(bytes: &[u8], delimiters: Option<Delimiters>) -> &[u8] {
    let end = match delimiters {
        Some(d) => find(bytes, d.segment, d.release).map_or(bytes.len(), |at| at + 1),
        None => bytes.iter().position(|&b| b == b'\n').unwrap_or(bytes.len()),
    };
    bytes.get(..end).unwrap_or(bytes).trim_ascii_end()
}

/// What to underline in the segment that begins these bytes: its element or component, else its id. An element that is not
/// there is an empty range where it would be; so is a segment that did not come, at the beginning of the one that did.
fn point(finding: &Finding, bytes: &[u8], delimiters: Option<Delimiters>) -> Range<usize> {
    let Some(delimiters) = delimiters else { return 0..segment(bytes, None).len() };
    let whole = segment(bytes, Some(delimiters));
    let body = whole.strip_suffix(&[delimiters.segment]).unwrap_or(whole);
    let release = delimiters.release;
    let tag = part(body, 0..body.len(), delimiters.element, release, 0);
    if finding
        .place
        .segment
        .as_deref()
        .is_some_and(|id| !id.is_empty() && body.get(tag.clone()) != Some(id.as_bytes()))
    {
        return 0..0;
    }
    let Some(element) = finding.place.element else { return tag };
    let element = part(body, 0..body.len(), delimiters.element, release, usize::from(element));
    match finding.place.component {
        Some(component) => {
            part(body, element, delimiters.component, release, usize::from(component).saturating_sub(1))
        }
        None => element,
    }
}

/// Part `index` (from 0) of a range of the bytes; an empty range at its end when there are fewer.
fn part(
    bytes: &[u8],
    within: Range<usize>,
    separator: u8,
    release: Option<u8>,
    index: usize,
) -> Range<usize> {
    let mut start = within.start;
    let next = |from: usize| find(bytes.get(from..within.end)?, separator, release).map(|at| from + at);
    for _ in 0..index {
        match next(start) {
            Some(at) => start = at + 1,
            None => return within.end..within.end,
        }
    }
    start..next(start).unwrap_or(within.end)
}

/// Where the separator stands first, unless it is released.
fn find(bytes: &[u8], separator: u8, release: Option<u8>) -> Option<usize> {
    let mut released = false;
    bytes.iter().position(|&byte| {
        let found = byte == separator && !released;
        released = !released && Some(byte) == release;
        found
    })
}

/// Cuts a long segment around what is pointed at, and makes it text.
fn cut(segment: &[u8], pointed: Range<usize>) -> Excerpt {
    let start = pointed.start.min(segment.len());
    let end = pointed.end.clamp(start, segment.len()).min(start + WIDEST);
    let (mut from, mut to) = (start.saturating_sub(AROUND), segment.len().min(end + AROUND));
    if segment.len() <= 2 * AROUND + WIDEST {
        (from, to) = (0, segment.len());
    }
    let piece = |range: Range<usize>| text(segment.get(range).unwrap_or_default());
    let mut whole = String::new();
    if from > 0 {
        whole.push('…');
    }
    whole += &piece(from..start);
    let begins = whole.len();
    whole += &piece(start..end);
    let ends = whole.len();
    whole += &piece(end..to);
    if to < segment.len() {
        whole.push('…');
    }
    Excerpt { text: whole, span: begins..ends }
}

/// UTF-8 where it is, else ISO 8859-1; control characters as pictures.
fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(visible));
        text.extend(chunk.invalid().iter().map(|&b| visible(char::from(b))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use portway_edi::{Code, Place};

    fn at(segment: &str, element: Option<u16>, component: Option<u16>) -> Finding {
        let place = Place { segment: Some(segment.into()), element, component, ..Place::default() };
        Finding::new(Code("X1207"), Severity::Error, place, "wrong")
    }

    fn marked(finding: &Finding, bytes: &[u8]) -> (String, String) {
        let pointed = point(finding, bytes, Some(Delimiters::X12));
        let excerpt = cut(segment(bytes, Some(Delimiters::X12)), pointed);
        (excerpt.text[..excerpt.span.start].to_owned(), excerpt.text[excerpt.span].to_owned())
    }

    #[test]
    fn the_element_the_component_or_the_id_is_marked() {
        let bytes = b"SLN*1**I*2*EA>XQ>LB~N1*ST~";
        for (element, component, before, mark) in [
            (None, None, "", "SLN"),
            (Some(1), None, "SLN*", "1"),
            (Some(2), None, "SLN*1*", ""),
            (Some(5), Some(2), "SLN*1**I*2*EA>", "XQ"),
            (Some(5), Some(4), "SLN*1**I*2*EA>XQ>LB", ""),
            (Some(9), None, "SLN*1**I*2*EA>XQ>LB", ""),
        ] {
            let expected = (before.to_owned(), mark.to_owned());
            assert_eq!(marked(&at("SLN", element, component), bytes), expected, "{element:?} {component:?}");
        }
        assert_eq!(
            marked(&at("BEG", None, None), bytes),
            (String::new(), String::new()),
            "a segment that did not come"
        );
    }

    #[test]
    fn released_delimiters_neither_cut_nor_end() {
        let bytes = b"FTX+AAI+++O?'Brien ?+ Sons??:12?:30:XQ'UNT+1+1'";
        for (element, component, mark) in
            [(4, Some(1), "O?'Brien ?+ Sons??"), (4, Some(2), "12?:30"), (4, Some(3), "XQ")]
        {
            let finding = at("FTX", Some(element), component);
            let pointed = point(&finding, bytes, Some(Delimiters::EDIFACT));
            let excerpt = cut(segment(bytes, Some(Delimiters::EDIFACT)), pointed);
            assert_eq!((&excerpt.text[excerpt.span], excerpt.text.ends_with(":XQ'")), (mark, true));
        }
    }

    #[test]
    fn a_long_segment_is_cut_around_the_element() {
        let bytes = format!("MSG*{}*XQ*{}~", "a".repeat(5000), "b".repeat(5000));
        let (before, mark) = marked(&at("MSG", Some(2), None), bytes.as_bytes());
        assert_eq!(mark, "XQ");
        assert!(before.starts_with('…') && before.chars().count() == AROUND + 1, "{before}");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(text(b"a\x1b[31m\r\n\x9b\xfc"), "a\u{241b}[31m\u{240d}\u{240a}\u{fffd}\u{fc}");
    }
}
