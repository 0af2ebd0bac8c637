//! Writes EDIFACT: envelopes, counts and references by the writer, delimiters in data released, no trailing separators.
//!
//! Interchange > group, if asked for > message > segments, in that order; what is still open is closed by the next begin or by
//! `finish`. UNA is written where the delimiters are not the default ones, or when asked for. A character that the declared
//! set does not have is refused, written in other letters, or replaced (ISO 9735-1; UNOA to UNOY).

use super::extension::{self, Extension};
use crate::charset::{Charset, transliterated};
use crate::interchange::{Interchange, PartyId, Syntax};
use crate::segment::Delimiters;
use std::borrow::Cow;

/// Tags that are the envelope's: inside a message they would be read as its end, or as the next interchange.
const ENVELOPE: [&str; 9] = ["UNA", "UNB", "UNE", "UNG", "UNH", "UNO", "UNP", "UNT", "UNZ"];

/// Everything the writer needs for UNA, UNB and UNG.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// 0001, `UNOC`: the set that text is written in.
    pub syntax: String,
    /// 0002: 1 to 4.
    pub syntax_version: u8,
    pub sender: PartyId,
    pub receiver: PartyId,
    /// 0008, 0014; empty: left out.
    pub sender_internal: String,
    pub receiver_internal: String,
    /// `YYYYMMDD`; syntax 1 to 3 takes its last six.
    pub date: String,
    /// `HHMM`.
    pub time: String,
    /// 0020.
    pub reference: String,
    /// 0026, 0032; empty: left out.
    pub application: String,
    pub agreement: String,
    pub acknowledgement_requested: bool,
    pub test: bool,
    /// Write a UNA though the delimiters are the default ones.
    pub service_string: bool,
    pub delimiters: Delimiters,
}

impl Envelope {
    /// Of an answer: receiver and sender change places, syntax and character set stay, the usual delimiters are used. A set that
    /// cannot be written becomes UNOC. `date` is `YYYYMMDD`, `time` `HHMM`.
    pub fn answering(header: &Interchange, reference: &str, date: &str, time: &str) -> Envelope {
        let syntax = header.edifact.as_deref();
        let version = syntax.map_or(3, |s| s.version);
        let identifier = syntax.map_or("", |s| s.identifier.as_str());
        let known = Charset::named(identifier.as_bytes()).is_some();
        let internal = |of: fn(&Syntax) -> &[String; 2]| syntax.map_or(String::new(), |s| of(s)[0].clone());
        Envelope {
            syntax: if known { identifier } else { "UNOC" }.to_string(),
            syntax_version: version,
            sender: header.receiver.clone(),
            receiver: header.sender.clone(),
            sender_internal: internal(|s| &s.receiver_internal),
            receiver_internal: internal(|s| &s.sender_internal),
            date: date.to_string(),
            time: time.to_string(),
            reference: reference.to_string(),
            application: String::new(),
            agreement: String::new(),
            acknowledgement_requested: false,
            test: header.usage == 'T',
            service_string: false,
            delimiters: Delimiters { repetition: (version == 4).then_some(b'*'), ..Delimiters::EDIFACT },
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The declared set does not have the character, or it is a delimiter and there is no release character.
    CharacterInData { segment: String, element: u16, value: String, character: char },
    /// A header field is missing or too long, or the delimiters cannot be told apart.
    DoesNotFit { element: &'static str, value: String },
    /// A segment or message was begun where it cannot stand.
    OutOfPlace { segment: String },
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WriteError::CharacterInData { segment, element, value, character } => write!(
                f,
                "{segment}{element:02} '{value}' holds {character:?}, which cannot be written: choose another character set in the partner's profile, or let it be replaced"
            ),
            WriteError::DoesNotFit { element, value } => {
                write!(f, "{element} '{value}' does not fit: correct it in the partner's profile")
            }
            WriteError::OutOfPlace { segment } => {
                write!(f, "{segment} was written outside what must hold it")
            }
        }
    }
}

impl std::error::Error for WriteError {}

/// What becomes of a character that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Foreign {
    #[default]
    Refuse,
    /// In other letters where there are some (`ü` as `ue`, small letters as capitals in UNOA), else refused.
    Transliterate,
    /// In other letters, else this instead; usually a blank.
    ReplaceWith(char),
}

/// The value of one element.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Simple(&'a str),
    Composite(&'a [&'a str]),
    /// Syntax 4: simple values or composites.
    Repeated(&'a [Value<'a>]),
}

/// Builds one interchange in memory.
#[derive(Debug)]
pub struct Writer {
    envelope: Envelope,
    charset: Charset,
    foreign: Foreign,
    out: Vec<u8>,
    groups: u32,
    /// Of the interchange, or of the open group.
    messages: u32,
    /// Of the interchange: what references are made from.
    numbered: u32,
    /// Segments of the open message, its UNH counted.
    segments: u32,
    group: Option<String>,
    message: Option<String>,
}

impl Writer {
    /// Writes UNA, where needed, and UNB.
    ///
    /// # Errors
    /// A header field that does not fit, delimiters that are the same, characters outside the set.
    pub fn new(envelope: &Envelope, foreign: Foreign) -> Result<Writer, WriteError> {
        let misfit = |element, value: &str| WriteError::DoesNotFit { element, value: value.to_string() };
        let charset =
            Charset::named(envelope.syntax.as_bytes()).ok_or_else(|| misfit("0001", &envelope.syntax))?;
        if !(1..=4).contains(&envelope.syntax_version) {
            return Err(misfit("0002", &envelope.syntax_version.to_string()));
        }
        if !suitable(&envelope.delimiters) {
            return Err(misfit("UNA", ""));
        }
        let mut writer = Writer {
            envelope: envelope.clone(),
            charset,
            foreign,
            out: Vec::with_capacity(4096),
            groups: 0,
            messages: 0,
            numbered: 0,
            segments: 0,
            group: None,
            message: None,
        };
        writer.service_string();
        writer.unb()?;
        Ok(writer)
    }

    pub fn delimiters(&self) -> Delimiters {
        self.envelope.delimiters
    }

    fn service_string(&mut self) {
        let d = self.envelope.delimiters;
        let version4 = self.envelope.syntax_version == 4;
        let usual = Delimiters { repetition: version4.then_some(b'*'), ..Delimiters::EDIFACT };
        if self.envelope.service_string || d != usual {
            let repetition = d.repetition.filter(|_| version4).unwrap_or(b' ');
            self.out.extend_from_slice(b"UNA");
            self.out.extend_from_slice(&[
                d.component,
                d.element,
                b'.',
                d.release.unwrap_or(b' '),
                repetition,
                d.segment,
            ]);
        }
    }

    fn unb(&mut self) -> Result<(), WriteError> {
        let e = self.envelope.clone();
        let skip = if e.syntax_version == 4 { 0 } else { e.date.len().saturating_sub(6) };
        let date = e.date.get(skip..).unwrap_or("");
        let internal = if e.syntax_version == 4 { 35 } else { 14 };
        let fields: [(&'static str, &str, usize, usize); 11] = [
            ("0004", &e.sender.id, 1, 35),
            ("0007", &e.sender.qualifier, 0, 4),
            ("0008", &e.sender_internal, 0, internal),
            ("0010", &e.receiver.id, 1, 35),
            ("0007", &e.receiver.qualifier, 0, 4),
            ("0014", &e.receiver_internal, 0, internal),
            ("0017", date, if skip == 0 { 8 } else { 6 }, 8),
            ("0019", &e.time, 4, 4),
            ("0020", &e.reference, 1, 14),
            ("0026", &e.application, 0, 14),
            ("0032", &e.agreement, 0, 35),
        ];
        for (element, value, shortest, longest) in fields {
            if !(shortest..=longest).contains(&value.chars().count()) {
                return Err(WriteError::DoesNotFit { element, value: value.to_string() });
            }
        }
        let version = e.syntax_version.to_string();
        self.put(
            "UNB",
            &[
                Value::Composite(&[&e.syntax, &version]),
                Value::Composite(&[&e.sender.id, &e.sender.qualifier, &e.sender_internal]),
                Value::Composite(&[&e.receiver.id, &e.receiver.qualifier, &e.receiver_internal]),
                Value::Composite(&[date, &e.time]),
                Value::Simple(&e.reference),
                Value::Simple(""),
                Value::Simple(&e.application),
                Value::Simple(""),
                Value::Simple(if e.acknowledgement_requested { "1" } else { "" }),
                Value::Simple(&e.agreement),
                Value::Simple(if e.test { "1" } else { "" }),
            ],
        )
    }

    /// Opens a group for messages of one type; groups are numbered from 1. `version` is `D:96A:UN` or `D:96A:UN:EAN008`.
    ///
    /// # Errors
    /// [`WriteError::OutOfPlace`] if messages were written outside a group already.
    pub fn begin_group(&mut self, message: &str, version: &str) -> Result<(), WriteError> {
        self.end_group()?;
        if self.groups == 0 && self.messages > 0 {
            return Err(WriteError::OutOfPlace { segment: "UNG".to_string() });
        }
        let e = self.envelope.clone();
        let mut parts = version.split(':');
        let mut part = || parts.next().unwrap_or("");
        let (number, release, agency, association) = (part(), part(), part(), part());
        self.groups += 1;
        self.messages = 0;
        let reference = self.groups.to_string();
        let skip = if e.syntax_version == 4 { 0 } else { e.date.len().saturating_sub(6) };
        self.put(
            "UNG",
            &[
                Value::Simple(message),
                Value::Composite(&[&e.sender.id, &e.sender.qualifier]),
                Value::Composite(&[&e.receiver.id, &e.receiver.qualifier]),
                Value::Composite(&[e.date.get(skip..).unwrap_or(""), &e.time]),
                Value::Simple(&reference),
                Value::Simple(agency),
                Value::Composite(&[number, release, association]),
            ],
        )?;
        self.group = Some(reference);
        Ok(())
    }

    /// Opens a message and numbers it, from 1 in the interchange: `begin_message("ORDERS", "D:96A:UN:EAN008")`.
    ///
    /// # Errors
    /// [`WriteError::OutOfPlace`] outside the groups of an interchange that has some.
    pub fn begin_message(&mut self, code: &str, version: &str) -> Result<(), WriteError> {
        self.end_message()?;
        if self.groups > 0 && self.group.is_none() {
            return Err(WriteError::OutOfPlace { segment: "UNH".to_string() });
        }
        self.messages += 1;
        self.numbered += 1;
        let reference = self.numbered.to_string();
        let identifier: Vec<&str> = std::iter::once(code).chain(version.split(':')).collect();
        self.put("UNH", &[Value::Simple(&reference), Value::Composite(&identifier)])?;
        self.segments = 1;
        self.message = Some(reference);
        Ok(())
    }

    /// One segment of simple elements; empty ones at the end are left out.
    ///
    /// # Errors
    /// A character that cannot be written; [`WriteError::OutOfPlace`] outside a message.
    pub fn segment(&mut self, tag: &str, elements: &[&str]) -> Result<(), WriteError> {
        let values: Vec<Value<'_>> = elements.iter().map(|&e| Value::Simple(e)).collect();
        self.segment_of(tag, &values)
    }

    /// One segment with composites and repetitions.
    ///
    /// # Errors
    /// As [`Writer::segment`].
    pub fn segment_of(&mut self, tag: &str, elements: &[Value<'_>]) -> Result<(), WriteError> {
        if self.message.is_none() || ENVELOPE.contains(&tag) {
            return Err(WriteError::OutOfPlace { segment: tag.to_string() });
        }
        self.put(tag, elements)?;
        self.segments += 1;
        Ok(())
    }

    /// Closes the open message, if there is one.
    ///
    /// # Errors
    /// None in practice: UNT holds digits only.
    pub fn end_message(&mut self) -> Result<(), WriteError> {
        let Some(reference) = self.message.take() else { return Ok(()) };
        let count = (self.segments + 1).to_string();
        self.put("UNT", &[Value::Simple(&count), Value::Simple(&reference)])
    }

    /// Closes the open group, and its open message.
    ///
    /// # Errors
    /// As [`Writer::end_message`].
    pub fn end_group(&mut self) -> Result<(), WriteError> {
        self.end_message()?;
        let Some(reference) = self.group.take() else { return Ok(()) };
        let count = self.messages.to_string();
        self.put("UNE", &[Value::Simple(&count), Value::Simple(&reference)])
    }

    /// What was written since the last time, so that a large interchange need not stand in memory. Not within a segment: between
    /// calls it never is.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Closes everything and gives the bytes (those not taken yet).
    ///
    /// # Errors
    /// As [`Writer::end_message`].
    pub fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        self.end_group()?;
        let count = if self.groups > 0 { self.groups } else { self.messages };
        let reference = self.envelope.reference.clone();
        self.put("UNZ", &[Value::Simple(&count.to_string()), Value::Simple(&reference)])?;
        Ok(self.out)
    }

    fn put(&mut self, tag: &str, elements: &[Value<'_>]) -> Result<(), WriteError> {
        let start = self.out.len();
        self.out.extend_from_slice(tag.as_bytes());
        let mut end = self.out.len();
        for (number, element) in (1u16..).zip(elements) {
            self.out.push(self.envelope.delimiters.element);
            match self.value(tag, number, element) {
                Ok(true) => end = self.out.len(),
                Ok(false) => {}
                Err(error) => {
                    self.out.truncate(start);
                    return Err(error);
                }
            }
        }
        self.out.truncate(end);
        self.out.push(self.envelope.delimiters.segment);
        Ok(())
    }

    /// True if there is a value. What is empty at the end of a composite or repetition is left out with its separator.
    fn value(&mut self, tag: &str, number: u16, value: &Value<'_>) -> Result<bool, WriteError> {
        let start = self.out.len();
        let mut end = start;
        match value {
            Value::Simple(text) => {
                self.data(tag, number, text)?;
                end = self.out.len();
            }
            Value::Composite(components) => {
                for (at, component) in components.iter().enumerate() {
                    if at > 0 {
                        self.out.push(self.envelope.delimiters.component);
                    }
                    self.data(tag, number, component)?;
                    if !component.is_empty() {
                        end = self.out.len();
                    }
                }
            }
            Value::Repeated(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        let misplaced =
                            || WriteError::DoesNotFit { element: "repetition", value: tag.to_string() };
                        self.out.push(self.envelope.delimiters.repetition.ok_or_else(misplaced)?);
                    }
                    if self.value(tag, number, value)? {
                        end = self.out.len();
                    }
                }
            }
        }
        self.out.truncate(end);
        Ok(end > start)
    }

    fn data(&mut self, tag: &str, element: u16, value: &str) -> Result<(), WriteError> {
        let refused = |character| WriteError::CharacterInData {
            segment: tag.to_string(),
            element,
            value: value.to_string(),
            character,
        };
        let text = self.writable(value).map_err(refused)?;
        let bytes = self.charset.encode(&text).map_err(refused)?;
        let delimiters = self.envelope.delimiters;
        // Two-byte characters (UNOX) have no delimiters in them.
        let mut within = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if self.charset == Charset::X
                && byte == extension::ESCAPE
                && let Extension::Of(length) = extension::read(&bytes[at..])
            {
                within = at + length;
            }
            if at < within {
                self.out.push(byte);
                continue;
            }
            if delimiters.contains(byte) || Some(byte) == delimiters.release {
                match (delimiters.release, self.foreign) {
                    (Some(release), _) => self.out.extend_from_slice(&[release, byte]),
                    (None, Foreign::ReplaceWith(instead))
                        if instead.is_ascii() && !delimiters.contains(instead as u8) =>
                    {
                        self.out.push(instead as u8);
                    }
                    _ => return Err(refused(byte as char)),
                }
                continue;
            }
            self.out.push(byte);
        }
        Ok(())
    }

    /// The text in characters of the set, by the rule for foreign ones; the first that cannot be had.
    fn writable<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, char> {
        if self.charset.encode(text).is_ok() {
            return Ok(Cow::Borrowed(text));
        }
        let mut written = String::with_capacity(text.len());
        for c in text.chars() {
            let fits = |text: &str| self.charset.encode(text).is_ok();
            let mut itself = [0; 4];
            let itself: &str = c.encode_utf8(&mut itself);
            if fits(itself) {
                written.push(c);
                continue;
            }
            if self.foreign == Foreign::Refuse {
                return Err(c);
            }
            let other = transliterated(c).unwrap_or(itself);
            let upper = other.to_uppercase();
            match [other, &upper].into_iter().find(|text| fits(text)) {
                Some(text) => written.push_str(text),
                None => match self.foreign {
                    Foreign::ReplaceWith(instead) => written.push(instead),
                    _ => return Err(c),
                },
            }
        }
        Ok(Cow::Owned(written))
    }
}

fn suitable(delimiters: &Delimiters) -> bool {
    let Delimiters { segment, element, component, repetition, release } = *delimiters;
    let used: Vec<u8> =
        [Some(segment), Some(element), Some(component), repetition, release].into_iter().flatten().collect();
    let fine = |b: u8| !b.is_ascii_alphanumeric() && b != b' ' && b.is_ascii();
    used.iter().enumerate().all(|(at, b)| fine(*b) && !used[..at].contains(b))
}
