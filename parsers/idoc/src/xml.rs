//! IDoc XML: one IDoc after another as a tree of segments, and back.
//!
//! Read with events over any `BufRead`; one IDoc is in memory at a time. Refused: a DOCTYPE, an entity beyond the five of XML, an
//! encoding other than UTF-8, more depth, bytes or elements than the limits. The place of a fault is its byte in the input.

use crate::segment::Segment;
use crate::{Layout, Limits, ReadError};
use portway_documents::Text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{self, BufRead, Read};

/// Reads the IDocs of a file.
pub(crate) struct IdocReader<R> {
    reader: Reader<Capped<R>>,
    limits: Limits,
    /// The root was opened.
    open: bool,
    found: bool,
    ended: bool,
    buffer: Vec<u8>,
}

/// Bytes that may still be read for the IDoc at hand.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: BufRead> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Capped<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.inner.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the IDoc is too large"));
        }
        let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(available.len());
        Ok(&available[..count])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

/// An element that is open.
struct Open {
    segment: Segment,
    /// It has the attribute SEGMENT, or elements within it: else it is a field.
    is_segment: bool,
    text: String,
}

impl<R: BufRead> IdocReader<R> {
    pub(crate) fn new(input: R, limits: Limits) -> IdocReader<R> {
        let reader = Reader::from_reader(Capped { inner: input, left: limits.bytes });
        IdocReader { reader, limits, open: false, found: false, ended: false, buffer: Vec::new() }
    }

    /// The next IDoc as the segment `IDOC`; `None` at the end. After a fault nothing more can be read.
    pub(crate) fn next_idoc(&mut self) -> Option<Result<Segment, ReadError>> {
        if self.ended {
            return None;
        }
        let next = self.find().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }

    /// Goes on to the next element IDOC, and reads it.
    fn find(&mut self) -> Result<Option<Segment>, ReadError> {
        loop {
            let at = self.reader.buffer_position();
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| broken(at, &error))? {
                Event::Start(start) if !self.open => {
                    self.open = true;
                    // An IDoc alone, without the element of its type around it.
                    if local(&start) == "IDOC" {
                        self.open = false;
                        return self.idoc().map(Some);
                    }
                }
                Event::Start(start) if local(&start) == "IDOC" => return self.idoc().map(Some),
                Event::Start(start) | Event::Empty(start) => {
                    let what = format!("the element {} stands where IDOC is expected", shown(&start));
                    return Err(ReadError::Malformed { offset: at, message: what });
                }
                Event::End(_) => self.open = false,
                Event::Eof if self.open => {
                    let message = "the file ends before its first element is closed".to_owned();
                    return Err(ReadError::Malformed { offset: at, message });
                }
                Event::Eof if !self.found => return Err(ReadError::Empty),
                Event::Eof => return Ok(None),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    let encoding = encoding.map(|e| e.to_string()).unwrap_or_else(|| "UTF-8".to_owned());
                    if !["utf-8", "us-ascii"].contains(&encoding.to_ascii_lowercase().as_str()) {
                        return Err(ReadError::Encoding(encoding));
                    }
                }
                Event::DocType(_) => return Err(ReadError::DocType { offset: at }),
                _ => {
                    let message = "text where the element IDOC is expected".to_owned();
                    return Err(ReadError::Malformed { offset: at, message });
                }
            }
        }
    }

    /// The IDoc whose start tag was just read.
    fn idoc(&mut self) -> Result<Segment, ReadError> {
        self.found = true;
        self.reader.get_mut().left = self.limits.bytes;
        let mut stack = vec![Open { segment: Segment::new("IDOC"), is_segment: true, text: String::new() }];
        let mut elements = 0;
        loop {
            let at = self.reader.buffer_position();
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| broken(at, &error))? {
                Event::Start(start) => {
                    elements += 1;
                    self.limits.check(stack.len(), elements)?;
                    let element = opened(&start, &mut stack);
                    stack.push(element);
                }
                Event::Empty(start) => {
                    elements += 1;
                    self.limits.check(stack.len(), elements)?;
                    let element = opened(&start, &mut stack);
                    close(element, &mut stack);
                }
                Event::End(_) => {
                    let Some(element) = stack.pop() else { return Err(unexpected(at)) };
                    if stack.is_empty() {
                        // Between IDocs there is room for blanks and comments alone.
                        self.reader.get_mut().left = self.limits.bytes;
                        let mut idoc = element.segment;
                        number(&mut idoc, &mut 0);
                        return Ok(idoc);
                    }
                    close(element, &mut stack);
                }
                Event::Text(text) => append(&mut stack, &text.xml10_content()),
                Event::CData(data) => append(&mut stack, &data.xml10_content()),
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let character = reference.resolve_char_ref().ok().flatten();
                    let character = character.or_else(|| entity(name)).filter(|c| is_xml(*c));
                    let Some(character) = character else {
                        return Err(ReadError::Entity { offset: at, name: name.chars().take(40).collect() });
                    };
                    append(&mut stack, character.encode_utf8(&mut [0; 4]));
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err(ReadError::DocType { offset: at }),
                Event::Decl(_) | Event::Eof => return Err(unexpected(at)),
            }
        }
    }
}

impl Limits {
    fn check(&self, depth: usize, elements: u32) -> Result<(), ReadError> {
        if depth > self.depth {
            return Err(ReadError::TooLarge(format!(
                "elements stand within each other more than {} deep",
                self.depth
            )));
        }
        if elements > self.elements {
            return Err(ReadError::TooLarge(format!("it has more than {} elements", self.elements)));
        }
        Ok(())
    }
}

/// An element that begins; the one around it is a segment then.
fn opened(start: &BytesStart<'_>, stack: &mut [Open]) -> Open {
    if let Some(around) = stack.last_mut() {
        around.is_segment = true;
    }
    let is_segment = start.attributes().flatten().any(|a| a.key.as_ref() == "SEGMENT");
    Open { segment: Segment::new(local(start)), is_segment, text: String::new() }
}

/// Counts the segments in the order they came.
fn number(segment: &mut Segment, count: &mut u32) {
    segment.position = *count;
    for within in &mut segment.segments {
        *count += 1;
        number(within, count);
    }
}

/// Puts an element that ended into the one around it.
fn close(element: Open, stack: &mut [Open]) {
    let Some(around) = stack.last_mut() else { return };
    let Open { mut segment, is_segment, text } = element;
    if !is_segment {
        around.segment.read_field(segment.name, Text::from(text));
        return;
    }
    // Text between the fields of a segment is none of SAP's; it is not lost either.
    if !text.trim().is_empty() {
        segment.read_field(Text::new_static("#text"), Text::from(text.trim()));
    }
    around.segment.segments.push(segment);
}

fn append(stack: &mut [Open], text: &str) {
    if let Some(open) = stack.last_mut() {
        open.text.push_str(text);
    }
}

fn local<'s>(start: &'s BytesStart<'_>) -> &'s str {
    let name = start.name().into_inner();
    name.rsplit(':').next().unwrap_or(name)
}

fn shown(start: &BytesStart<'_>) -> String {
    local(start).chars().take(40).collect()
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

/// XML 1.0, production 2.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn unexpected(offset: u64) -> ReadError {
    ReadError::Malformed { offset, message: "the file ends within an IDoc".to_owned() }
}

fn broken(offset: u64, error: &quick_xml::Error) -> ReadError {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            ReadError::TooLarge("it has more bytes than allowed".to_owned())
        }
        quick_xml::Error::Io(error) => ReadError::Input(error.to_string()),
        error => ReadError::Malformed { offset, message: error.to_string() },
    }
}

/// Writes one IDoc within the element of its type.
pub(crate) fn write(idoc_type: &str, idoc: &Segment, layout: Layout) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let mut lines = Lines { out: &mut out, indented: layout == Layout::Indented };
    lines.open(0, &format!("<{idoc_type}>"));
    lines.open(1, "<IDOC BEGIN=\"1\">");
    idoc.segments.iter().for_each(|segment| lines.segment(2, segment));
    lines.open(1, "</IDOC>");
    lines.open(0, &format!("</{idoc_type}>"));
    out.push('\n');
    out.into_bytes()
}

struct Lines<'o> {
    out: &'o mut String,
    indented: bool,
}

impl Lines<'_> {
    fn open(&mut self, depth: usize, markup: &str) {
        if self.indented {
            self.out.push('\n');
            (0..depth).for_each(|_| self.out.push_str("  "));
        }
        self.out.push_str(markup);
    }

    fn segment(&mut self, depth: usize, segment: &Segment) {
        self.open(depth, &format!("<{} SEGMENT=\"1\">", segment.name));
        for field in &segment.fields {
            // A character that XML has not is left out, and missed in what is read back.
            let value: String = field.value.chars().filter(|c| is_xml(*c)).collect();
            let value = quick_xml::escape::partial_escape(value.as_str());
            self.open(depth + 1, &format!("<{0}>{value}</{0}>", field.name));
        }
        segment.segments.iter().for_each(|segment| self.segment(depth + 1, segment));
        self.open(depth, &format!("</{}>", segment.name));
    }
}
