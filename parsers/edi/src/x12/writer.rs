//! Writes X12: envelopes, counts and control numbers by the writer, never a delimiter inside data, no trailing
//! separators.
//!
//! Interchange > group > set > segments, in that order; what is still open is closed by the next begin or by `finish`. A
//! value that holds a delimiter is refused or, if asked, has it replaced: X12 cannot escape (X12.5).

use super::PartyId;
use super::characters::CharacterSet;
use crate::segment::Delimiters;

pub use super::sample::sample;

/// Everything the writer needs for ISA and GS.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub sender: PartyId,
    pub receiver: PartyId,
    pub group_sender: String,
    pub group_receiver: String,
    /// `YYYYMMDD`; ISA09 takes its last six.
    pub date: String,
    /// `HHMM`.
    pub time: String,
    /// ISA12, `00401`.
    pub interchange_version: String,
    /// GS08, `004010`.
    pub group_version: String,
    pub interchange_control_number: u32,
    pub group_control_number: u32,
    pub acknowledgement_requested: bool,
    /// ISA15.
    pub usage: char,
    pub delimiters: Delimiters,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The value holds a delimiter, which X12 cannot escape.
    DelimiterInData { segment: String, element: u16, value: String },
    /// The value holds a character that the agreed set does not have, and nothing like it.
    OutsideCharacterSet { segment: String, element: u16, value: String },
    /// A header field does not fit its fixed width.
    DoesNotFit { element: &'static str, value: String },
    /// A segment or set was begun where it cannot stand: a set outside a group, a segment outside a set.
    OutOfPlace { segment: String },
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WriteError::DelimiterInData { segment, element, value } => {
                write!(
                    f,
                    "{segment}{element:02} '{value}' holds a delimiter of the interchange: choose other delimiters in the partner's profile, or let them be replaced"
                )
            }
            WriteError::OutsideCharacterSet { segment, element, value } => {
                write!(
                    f,
                    "{segment}{element:02} '{value}' holds a character outside the agreed set: correct the document, or allow a larger set in the partner's profile"
                )
            }
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

/// What becomes of a delimiter (or a control character) inside data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InData {
    #[default]
    Refuse,
    /// Written instead, usually a blank.
    ReplaceWith(u8),
}

/// The value of one element.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Simple(&'a str),
    Composite(&'a [&'a str]),
}

/// Builds one interchange in memory.
#[derive(Debug)]
pub struct Writer {
    envelope: Envelope,
    in_data: InData,
    characters: CharacterSet,
    transliterate: bool,
    out: Vec<u8>,
    groups: u32,
    sets: u32,
    /// Segments of the open set, its ST counted.
    segments: u32,
    group_open: bool,
    set: Option<String>,
}

impl Writer {
    /// Writes the ISA.
    ///
    /// # Errors
    /// A field that does not fit its width or holds a delimiter.
    pub fn new(envelope: &Envelope, in_data: InData) -> Result<Writer, WriteError> {
        let mut writer = Writer {
            envelope: envelope.clone(),
            in_data,
            characters: CharacterSet::Utf8,
            transliterate: false,
            out: Vec::with_capacity(4096),
            groups: 0,
            sets: 0,
            segments: 0,
            group_open: false,
            set: None,
        };
        writer.isa()?;
        Ok(writer)
    }

    /// Data from here on are written in this set. A character outside it is written with those there are if `transliterate`
    /// is set; what then remains is refused or replaced like a delimiter.
    pub fn restrict(&mut self, characters: CharacterSet, transliterate: bool) {
        (self.characters, self.transliterate) = (characters, transliterate);
    }

    pub fn delimiters(&self) -> Delimiters {
        self.envelope.delimiters
    }

    fn isa(&mut self) -> Result<(), WriteError> {
        let e = self.envelope.clone();
        let repetition = e.delimiters.repetition.map_or("U".to_string(), |b| (b as char).to_string());
        let date = e.date.get(e.date.len().saturating_sub(6)..).unwrap_or("").to_string();
        let number = format!("{:09}", e.interchange_control_number);
        let fields: [(&'static str, &str, usize); 15] = [
            ("ISA01", "00", 2),
            ("ISA02", "          ", 10),
            ("ISA03", "00", 2),
            ("ISA04", "          ", 10),
            ("ISA05", &e.sender.qualifier, 2),
            ("ISA06", &e.sender.id, 15),
            ("ISA07", &e.receiver.qualifier, 2),
            ("ISA08", &e.receiver.id, 15),
            ("ISA09", &date, 6),
            ("ISA10", &e.time, 4),
            ("ISA11", &repetition, 1),
            ("ISA12", &e.interchange_version, 5),
            ("ISA13", &number, 9),
            ("ISA14", if e.acknowledgement_requested { "1" } else { "0" }, 1),
            ("ISA15", &e.usage.to_string(), 1),
        ];
        self.out.extend_from_slice(b"ISA");
        for (element, value, width) in fields {
            // Ids are padded with blanks; everything else must have its width.
            let pads = matches!(element, "ISA06" | "ISA08") && !value.trim().is_empty();
            let fits = value.is_ascii() && (value.len() == width || (pads && value.len() < width));
            let separates = element == "ISA11" || !value.bytes().any(|b| e.delimiters.contains(b));
            if !fits || !separates || value.bytes().any(|b| b.is_ascii_control()) {
                return Err(WriteError::DoesNotFit { element, value: value.to_string() });
            }
            self.out.push(e.delimiters.element);
            self.out.extend_from_slice(value.as_bytes());
            self.out.resize(self.out.len() + width - value.len(), b' ');
        }
        self.out.extend_from_slice(&[e.delimiters.element, e.delimiters.component, e.delimiters.segment]);
        Ok(())
    }

    /// A TA1, which stands before the first group.
    ///
    /// # Errors
    /// Delimiters in data; [`WriteError::OutOfPlace`] once a group was begun.
    pub fn interchange_acknowledgement(&mut self, elements: &[&str; 5]) -> Result<(), WriteError> {
        match self.groups {
            0 => self.put("TA1", elements.iter().map(|&e| Value::Simple(e))),
            _ => Err(WriteError::OutOfPlace { segment: "TA1".to_string() }),
        }
    }

    /// The next group has this control number, each further one the next.
    pub fn number_groups_from(&mut self, number: u32) {
        self.envelope.group_control_number = number.wrapping_sub(self.groups);
    }

    /// Opens a group; the first has the envelope's control number, each further one the next.
    ///
    /// # Errors
    /// Delimiters in a header field.
    pub fn begin_group(&mut self, functional_id: &str) -> Result<(), WriteError> {
        self.end_group()?;
        let e = self.envelope.clone();
        let number = e.group_control_number.wrapping_add(self.groups).to_string();
        let agency = "X";
        let fields = [
            functional_id,
            &e.group_sender,
            &e.group_receiver,
            &e.date,
            &e.time,
            &number,
            agency,
            &e.group_version,
        ];
        self.put("GS", fields.iter().map(|&f| Value::Simple(f)))?;
        self.groups += 1;
        self.sets = 0;
        self.group_open = true;
        Ok(())
    }

    /// Opens a set and numbers it, from 0001 in each group.
    ///
    /// # Errors
    /// [`WriteError::OutOfPlace`] outside a group.
    pub fn begin_set(&mut self, code: &str) -> Result<(), WriteError> {
        self.begin_set_of(code, "")
    }

    /// As [`Writer::begin_set`], with the implementation guide it follows in ST03 (from 005010 on).
    ///
    /// # Errors
    /// [`WriteError::OutOfPlace`] outside a group.
    pub fn begin_set_of(&mut self, code: &str, implementation: &str) -> Result<(), WriteError> {
        if !self.group_open {
            return Err(WriteError::OutOfPlace { segment: "ST".to_string() });
        }
        self.end_set()?;
        self.sets += 1;
        let number = format!("{:04}", self.sets);
        self.put("ST", [code, &number, implementation].into_iter().map(Value::Simple))?;
        self.segments = 1;
        self.set = Some(number);
        Ok(())
    }

    /// One segment of simple elements; empty ones at the end are left out.
    ///
    /// # Errors
    /// A delimiter in a value; [`WriteError::OutOfPlace`] outside a set.
    pub fn segment(&mut self, tag: &str, elements: &[&str]) -> Result<(), WriteError> {
        self.body(tag, elements.iter().map(|&e| Value::Simple(e)))
    }

    /// One segment with composites.
    ///
    /// # Errors
    /// As [`Writer::segment`].
    pub fn segment_of(&mut self, tag: &str, elements: &[Value<'_>]) -> Result<(), WriteError> {
        self.body(tag, elements.iter().copied())
    }

    fn body<'v>(&mut self, tag: &str, elements: impl Iterator<Item = Value<'v>>) -> Result<(), WriteError> {
        if self.set.is_none() {
            return Err(WriteError::OutOfPlace { segment: tag.to_string() });
        }
        // Counted only once it is written: what was refused is not there.
        self.put(tag, elements)?;
        self.segments += 1;
        Ok(())
    }

    /// Closes the open set, if there is one.
    ///
    /// # Errors
    /// None in practice: SE holds digits only.
    pub fn end_set(&mut self) -> Result<(), WriteError> {
        let Some(number) = self.set.take() else { return Ok(()) };
        let count = (self.segments + 1).to_string();
        self.put("SE", [Value::Simple(&count), Value::Simple(&number)].into_iter())
    }

    /// Closes the open group, and its open set.
    ///
    /// # Errors
    /// As [`Writer::end_set`].
    pub fn end_group(&mut self) -> Result<(), WriteError> {
        self.end_set()?;
        if !std::mem::take(&mut self.group_open) {
            return Ok(());
        }
        let number = self.envelope.group_control_number.wrapping_add(self.groups - 1).to_string();
        let count = self.sets.to_string();
        self.put("GE", [Value::Simple(&count), Value::Simple(&number)].into_iter())
    }

    /// What was written since the last time, so that a large interchange need not stand in memory. Not within a segment: between
    /// calls it never is.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Closes everything and gives the bytes (those not taken yet).
    ///
    /// # Errors
    /// As [`Writer::end_set`].
    pub fn finish(mut self) -> Result<Vec<u8>, WriteError> {
        self.end_group()?;
        let count = self.groups.to_string();
        let number = format!("{:09}", self.envelope.interchange_control_number);
        self.put("IEA", [Value::Simple(&count), Value::Simple(&number)].into_iter())?;
        Ok(self.out)
    }

    fn put<'v>(&mut self, tag: &str, elements: impl Iterator<Item = Value<'v>>) -> Result<(), WriteError> {
        let start = self.out.len();
        let written = self.put_elements(tag, elements);
        if written.is_err() {
            self.out.truncate(start);
        }
        written
    }

    fn put_elements<'v>(
        &mut self,
        tag: &str,
        elements: impl Iterator<Item = Value<'v>>,
    ) -> Result<(), WriteError> {
        let Delimiters { segment, element: separator, component: inner, .. } = self.envelope.delimiters;
        self.out.extend_from_slice(tag.as_bytes());
        let mut end = self.out.len();
        for (number, element) in (1u16..).zip(elements) {
            self.out.push(separator);
            let start = self.out.len();
            match element {
                Value::Simple(value) => self.data(tag, number, value)?,
                Value::Composite(components) => {
                    for (at, component) in components.iter().enumerate() {
                        if at > 0 {
                            self.out.push(inner);
                        }
                        self.data(tag, number, component)?;
                    }
                    while self.out.len() > start && self.out.last() == Some(&inner) {
                        self.out.pop();
                    }
                }
            }
            if self.out.len() > start {
                end = self.out.len();
            }
        }
        self.out.truncate(end);
        self.out.push(segment);
        Ok(())
    }

    /// A BIN or BDS segment: `before` are the elements before the length, the data may hold any byte.
    ///
    /// # Errors
    /// As [`Writer::segment`], for the elements before the data.
    pub fn binary(&mut self, tag: &str, before: &[&str], data: &[u8]) -> Result<(), WriteError> {
        let length = data.len().to_string();
        let elements = before.iter().copied().chain([length.as_str()]);
        self.body(tag, elements.map(Value::Simple))?;
        self.out.pop();
        self.out.push(self.envelope.delimiters.element);
        self.out.extend_from_slice(data);
        self.out.push(self.envelope.delimiters.segment);
        Ok(())
    }

    fn data(&mut self, tag: &str, element: u16, value: &str) -> Result<(), WriteError> {
        let (delimiters, characters) = (self.envelope.delimiters, self.characters);
        let value = if self.transliterate { characters.write(value) } else { value.into() };
        let apart = |c: char| {
            !c.is_ascii_control() && !c.encode_utf8(&mut [0; 4]).bytes().any(|b| delimiters.contains(b))
        };
        let fits = |c: char| characters == CharacterSet::Utf8 || characters.has(c);
        if value.chars().all(|c| apart(c) && fits(c)) {
            self.out.extend_from_slice(value.as_bytes());
            return Ok(());
        }
        match self.in_data {
            InData::Refuse => {
                let (segment, value) = (tag.to_string(), value.into_owned());
                Err(match value.chars().all(apart) {
                    true => WriteError::OutsideCharacterSet { segment, element, value },
                    false => WriteError::DelimiterInData { segment, element, value },
                })
            }
            InData::ReplaceWith(instead) => {
                let keep = |c: char| if apart(c) && fits(c) { c } else { instead as char };
                self.out.extend(value.chars().map(keep).collect::<String>().as_bytes());
                Ok(())
            }
        }
    }
}
