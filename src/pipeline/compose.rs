//! Compose: a canonical document becomes the segments of a set, as agreed on with the partner.
//!
//! Item numbers and packs, the transform, the mapping, fixed values and extra segments, in this order. What was written is put into an
//! interchange of its own, read back, and compared before use: what the set does not carry of the document is a finding with the
//! reason, and so is whatever the schema says of the set.
//!
//! Pure. Fails when the document does not become that set, when the transform fails, or when a writer refuses a value.

use super::findings;
use crate::profile::PartnerProfile;
use crate::profile::items::Items;
use crate::profile::partner::Send;
use crate::profile::transform::Transform;
use portway_documents::carried::{
    self, FOREIGN_CODE, NO_CODE_FOR_UNIT, NO_CODE_FOR_WORD, NotCarried, Reasons, not_carried,
};
use portway_documents::origin::Origins;
use portway_documents::{Document, Tables, Written, put_edifact, put_x12};
use portway_edi::acknowledgement::OurElement;
use portway_edi::interchange::{Event, Limits, PartyId};
use portway_edi::reader::Reader;
use portway_edi::schema::{Guide, Schema};
use portway_edi::{Delimiters, Finding, Place, Severity, Standard, edifact, x12};
use std::fmt;

/// The set a document is to become.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub standard: Standard,
    /// `855`, `ORDRSP`.
    pub set: &'a str,
    /// `004010`, `D:96A:UN`.
    pub version: &'a str,
    pub schema: &'static Schema,
}

impl<'a> Target<'a> {
    /// `None` where there is no schema for the set in this version.
    pub fn new(standard: Standard, set: &'a str, version: &'a str) -> Option<Target<'a>> {
        let schema = match standard {
            Standard::X12 => Schema::x12(set, version),
            Standard::Edifact => Schema::edifact(set, version),
        }?;
        Some(Target { standard, set, version, schema })
    }

    fn written(&self) -> carried::Target<'a> {
        carried::Target { standard: self.standard, set: self.set, version: self.version }
    }
}

/// What was agreed on with a partner for sets that we send; nothing of it by default.
#[derive(Clone, Copy, Default)]
pub struct Terms<'a> {
    pub tables: Option<&'a Tables>,
    pub items: Option<&'a Items>,
    pub transform: Option<&'a Transform>,
    pub send: Option<&'a Send>,
    /// Laid over the schema.
    pub guide: Option<&'a Guide>,
}

impl<'a> Terms<'a> {
    pub fn with(profile: &'a PartnerProfile, set: &str) -> Terms<'a> {
        Terms {
            tables: Some(&profile.tables),
            items: profile.items.as_deref(),
            transform: profile.transform_sent(set),
            send: profile.partner.send.get(set),
            guide: profile.partner.guide.get(set),
        }
    }
}

/// The segments of a set, and what must be known of them.
#[derive(Debug)]
pub struct Composed {
    pub segments: Vec<Written>,
    /// What is not carried (warnings), and what the schema says.
    pub findings: Vec<Finding>,
    /// Of the first findings, one each: the value that is not carried.
    pub lost: Vec<Lost>,
    /// The document as it was written, where items or a transform were agreed on.
    pub adapted: Option<Document>,
    /// Of each segment the one of the document's own that it is; `None` of those that the profile adds.
    pub own: Vec<Option<u32>>,
}

/// A value of the document (as adapted) that the set does not carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// RFC 6901.
    pub pointer: String,
    /// The value is a word or a unit of ours, and the standard has no code for it.
    pub no_code: bool,
}

#[derive(Debug)]
pub enum ComposeError {
    /// The document has no mapping to this set.
    NoMapping { document: &'static str, set: String },
    /// In words.
    Transform(String),
    /// A writer refuses a value, or what is configured is no segment.
    Refused(String),
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ComposeError::NoMapping { document, set } => write!(f, "a {document} does not become {set}"),
            ComposeError::Transform(message) | ComposeError::Refused(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ComposeError {}

/// # Errors
/// As the head of this file says.
pub fn compose(document: &Document, target: &Target<'_>, terms: Terms<'_>) -> Result<Composed, ComposeError> {
    let adapted = adapt(document, terms)?;
    let given = document;
    let document = adapted.as_ref().unwrap_or(given);
    let none = Tables::default();
    let tables = terms.tables.unwrap_or(&none);
    let written = portway_documents::write(document, target.schema, target.version, tables);
    let Some(mut segments) = written else {
        let (document, set) = (document.kind().name(), target.set.to_owned());
        return Err(ComposeError::NoMapping { document, set });
    };
    let (mut findings, mut lost) = (Vec::new(), Vec::new());
    let back = read_back(&segments, target, tables, terms.guide)?;
    match &back.document {
        Some(back) if back.kind() == document.kind() => {
            let lacking = not_carried(document, back);
            let reasons = (!lacking.is_empty()).then(|| Reasons::of(document, target.written()));
            let why = |pointer: &str| reasons.as_ref().and_then(|reasons| reasons.why(pointer));
            let (codes, values): (Vec<_>, Vec<_>) =
                lacking.into_iter().partition(|n| why(&n.pointer) == Some(FOREIGN_CODE));
            findings.extend(values.iter().map(|n| finding(target, n, why(&n.pointer))));
            lost.extend(
                values
                    .into_iter()
                    .map(|n| Lost { no_code: lacks_code(&n, why(&n.pointer)), pointer: n.pointer }),
            );
            findings.extend(foreign_codes(target, &codes));
        }
        _ => {
            let message = format!("{} written is not read back as a {}", target.set, document.kind().name());
            return Err(ComposeError::Refused(message));
        }
    }
    let mut own: Vec<Option<u32>> = (0..).map(Some).take(segments.len()).collect();
    let changed = terms.send.is_some_and(|send| !send.fixed.is_empty() || !send.extra.is_empty());
    if let (true, Some(send)) = (changed, terms.send) {
        fix(&mut segments, &mut own, send, target.standard)?;
        findings.extend(read_back(&segments, target, tables, terms.guide)?.findings);
    } else {
        findings.extend(back.findings);
    }
    Ok(Composed { segments, findings, lost, adapted, own })
}

/// Where in the document, as adapted, each finding has its origin. Made for telling of errors: it takes some dozens of writings.
pub fn pointers(
    document: &Document,
    target: &Target<'_>,
    terms: Terms<'_>,
    composed: &Composed,
) -> Vec<Option<String>> {
    let none = Tables::default();
    let tables = terms.tables.unwrap_or(&none);
    let document = composed.adapted.as_ref().unwrap_or(document);
    let origins = Origins::of(document, target.schema, target.version, tables);
    let of_place = |place: &Place| {
        let segment = place.segment.clone().filter(|_| !is_fixed(place, terms.send))?;
        // ST or UNH is 1, and not among what is written.
        let written = usize::try_from(place.position?).ok()?.checked_sub(2)?;
        let own = composed.own.get(written).copied().flatten()?;
        let place = OurElement {
            segment,
            position: Some(own + 2),
            element: place.element,
            component: place.component,
            ..OurElement::default()
        };
        origins.as_ref()?.pointer_of(&place)
    };
    let lost = composed.lost.iter().map(|lost| Some(lost.pointer.clone()));
    let placed = composed.findings.iter().skip(composed.lost.len()).map(|finding| of_place(&finding.place));
    lost.chain(placed).collect()
}

/// The element that a field of the document is written to, where it can be found.
pub fn element(
    document: &Document,
    target: &Target<'_>,
    terms: Terms<'_>,
    composed: &Composed,
    pointer: &str,
) -> Option<OurElement> {
    let none = Tables::default();
    let document = composed.adapted.as_ref().unwrap_or(document);
    let tables = terms.tables.unwrap_or(&none);
    let mut found = Origins::of(document, target.schema, target.version, tables)?.element_of(pointer)?;
    let own = found.position?.checked_sub(2)?;
    let at = composed.own.iter().position(|segment| *segment == Some(own))?;
    found.position = u32::try_from(at + 2).ok();
    Some(found)
}

/// The value of this element is the profile's, not the document's.
fn is_fixed(finding: &Place, send: Option<&Send>) -> bool {
    let names = send.into_iter().flat_map(|send| send.fixed.keys());
    names.filter_map(|name| place(name)).any(|(tag, element, component)| {
        let same = |number: Option<u16>, other: usize| number.is_some_and(|n| usize::from(n) == other);
        finding.segment.as_deref() == Some(tag)
            && same(finding.element, element)
            && (finding.component.is_none() || same(finding.component, component))
    })
}

/// The word itself that has no code; what it qualifies goes with it, and is told as a warning.
fn lacks_code(lacking: &NotCarried, why: Option<&str>) -> bool {
    let last = lacking.pointer.rsplit('/').next().unwrap_or_default();
    match why {
        Some(NO_CODE_FOR_UNIT) => true,
        Some(NO_CODE_FOR_WORD) => carried::is_word_field(last),
        _ => false,
    }
}

/// Item numbers and packs, and the transform. `None` where nothing is agreed on.
fn adapt(document: &Document, terms: Terms<'_>) -> Result<Option<Document>, ComposeError> {
    if terms.items.is_none() && terms.transform.is_none() {
        return Ok(None);
    }
    let mut json =
        serde_json::to_value(document).map_err(|error| ComposeError::Transform(error.to_string()))?;
    if let Some(items) = terms.items {
        items.sent(&mut json);
    }
    if let Some(transform) = terms.transform {
        json = transform.run(&json.to_string()).map_err(ComposeError::Transform)?;
    }
    let name = document.kind().name();
    let parsed = document.kind().parse(&json.to_string());
    parsed
        .map(Some)
        .map_err(|error| ComposeError::Transform(format!("what the transform gives is no {name}: {error}")))
}

fn finding(target: &Target<'_>, lacking: &NotCarried, reason: Option<&str>) -> Finding {
    let (set, pointer) = (target.set, &lacking.pointer);
    let message = match reason {
        Some(reason) => format!("{pointer} is not carried by {set}: {reason}"),
        None => format!("{pointer} is not carried by {set}"),
    };
    let mut finding = Finding::new(findings::NOT_CARRIED, Severity::Warning, Place::default(), message);
    finding.value = Some(lacking.value.chars().take(99).collect());
    finding.help = findings::explain(finding.code.0).map(|e| e.fix.to_owned());
    finding
}

/// One note for all codes of the other standard that have no word: what they said is rarely missed.
fn foreign_codes(target: &Target<'_>, codes: &[NotCarried]) -> Option<Finding> {
    let count = codes.len();
    let named: Vec<String> = codes.iter().take(5).map(|n| format!("{} ({})", n.pointer, n.value)).collect();
    let more = count.checked_sub(named.len()).filter(|more| *more > 0);
    let message = format!(
        "{count} codes of the other standard have no word of ours, and are not carried by {}: {}{}",
        target.set,
        named.join(", "),
        more.map(|more| format!(", and {more} more")).unwrap_or_default()
    );
    (count > 0).then(|| Finding::new(findings::NOT_CARRIED, Severity::Note, Place::default(), message))
}

struct Back {
    document: Option<Document>,
    findings: Vec<Finding>,
}

/// The set alone in an interchange, read as a partner would.
fn read_back(
    segments: &[Written],
    target: &Target<'_>,
    tables: &Tables,
    guide: Option<&Guide>,
) -> Result<Back, ComposeError> {
    let bytes = alone(segments, target)?;
    let mut reader = Reader::new(bytes.as_slice(), Limits::default());
    let refused = |error: &dyn fmt::Display| ComposeError::Refused(format!("cannot be read back: {error}"));
    while let Some(event) = reader.next_event().map_err(|error| refused(&error))? {
        let Event::Set(set) = event else { continue };
        let validated = match guide {
            Some(guide) => target.schema.validate_with(&set, guide),
            None => target.schema.validate(&set),
        };
        let mapped =
            portway_documents::read(set.standard, &set.code, target.version, &validated.root, tables);
        let findings = set.findings.iter().cloned().chain(validated.findings).collect();
        return Ok(Back { document: mapped.map(|m| m.document), findings });
    }
    Err(refused(&"there is no set in it"))
}

fn alone(segments: &[Written], target: &Target<'_>) -> Result<Vec<u8>, ComposeError> {
    let refused = |error: &dyn fmt::Display| ComposeError::Refused(error.to_string());
    let party = || PartyId { qualifier: "ZZ".to_owned(), id: "X".to_owned() };
    match target.standard {
        Standard::X12 => {
            let delimiters = free_delimiters(segments, target.version);
            let envelope = x12_envelope(party(), party(), target.version, delimiters);
            let mut writer = x12::writer::Writer::new(&envelope, x12::writer::InData::Refuse)
                .map_err(|error| refused(&error))?;
            let id = target.schema.functional_id();
            writer.begin_group(id).map_err(|error| refused(&error))?;
            put_x12(&mut writer, target.set, segments).map_err(|error| refused(&error))?;
            writer.finish().map_err(|error| refused(&error))
        }
        Standard::Edifact => {
            let envelope = edifact_envelope(party(), party());
            let mut writer = edifact::writer::Writer::new(&envelope, edifact::writer::Foreign::Refuse)
                .map_err(|error| refused(&error))?;
            put_edifact(&mut writer, target.set, target.version, segments)
                .map_err(|error| refused(&error))?;
            writer.finish().map_err(|error| refused(&error))
        }
    }
}

/// An envelope for what is written without a gateway: today's usual delimiters, control number 1, marked as a test.
pub fn x12_envelope(
    sender: PartyId,
    receiver: PartyId,
    version: &str,
    delimiters: Delimiters,
) -> x12::writer::Envelope {
    x12::writer::Envelope {
        group_sender: sender.id.clone(),
        group_receiver: receiver.id.clone(),
        sender,
        receiver,
        date: "20000101".to_owned(),
        time: "0000".to_owned(),
        interchange_version: if version >= "005" { "00501" } else { "00401" }.to_owned(),
        group_version: version.to_owned(),
        interchange_control_number: 1,
        group_control_number: 1,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters,
    }
}

/// As [`x12_envelope`].
pub fn edifact_envelope(sender: PartyId, receiver: PartyId) -> edifact::writer::Envelope {
    edifact::writer::Envelope {
        syntax: "UNOY".to_owned(),
        syntax_version: 3,
        sender,
        receiver,
        sender_internal: String::new(),
        receiver_internal: String::new(),
        date: "20000101".to_owned(),
        time: "0000".to_owned(),
        reference: "1".to_owned(),
        application: String::new(),
        agreement: String::new(),
        acknowledgement_requested: false,
        test: true,
        service_string: false,
        delimiters: Delimiters::EDIFACT,
    }
}

/// The usual delimiters of X12, others where one of them stands in a value.
pub fn free_delimiters(segments: &[Written], version: &str) -> Delimiters {
    let used = |byte: u8| {
        let values = segments.iter().flat_map(|s| &s.elements).flatten();
        values.into_iter().any(|value| value.as_bytes().contains(&byte))
    };
    let mut taken = Vec::new();
    let mut free = |candidates: &[u8]| {
        let found = candidates.iter().copied().find(|byte| !taken.contains(byte) && !used(*byte));
        let byte = found.unwrap_or(candidates[0]);
        taken.push(byte);
        byte
    };
    Delimiters {
        segment: free(b"~\x1c|"),
        element: free(b"*|\x1d^"),
        component: free(b">:\x1f<"),
        repetition: (version >= "005").then(|| free(b"^!`|")),
        release: None,
    }
}

/// Fixed values and extra segments.
fn fix(
    segments: &mut Vec<Written>,
    own: &mut Vec<Option<u32>>,
    send: &Send,
    standard: Standard,
) -> Result<(), ComposeError> {
    for (name, value) in &send.fixed {
        let Some((tag, element, component)) = place(name) else {
            let message =
                format!("fixed: `{name}` names no element; write BAK02, or NAD02-3 for a component");
            return Err(ComposeError::Refused(message));
        };
        for segment in segments.iter_mut().filter(|s| s.tag == tag) {
            if segment.elements.len() < element {
                segment.elements.resize(element, Vec::new());
            }
            let components = &mut segment.elements[element - 1];
            if components.len() < component {
                components.resize(component, Default::default());
            }
            components[component - 1] = value.as_str().into();
        }
    }
    for (behind, extra) in &send.extra {
        let at = segments.iter().position(|s| s.tag == behind.as_str());
        let at = at.map_or(segments.len(), |at| at + 1);
        let written = extra.iter().map(|text| raw(text, standard));
        segments.splice(at..at, written);
        own.splice(at..at, extra.iter().map(|_| None));
    }
    Ok(())
}

/// `BAK02`, `NAD02-3`: tag, element, component (1 where none is named).
fn place(name: &str) -> Option<(&str, usize, usize)> {
    let (name, component) = match name.split_once('-') {
        Some((name, component)) => (name, component.parse().ok()?),
        None => (name, 1),
    };
    let (tag, element) = name.split_at_checked(name.len().checked_sub(2)?)?;
    let element = element.parse().ok()?;
    let fits = (2..=3).contains(&tag.len()) && (1..=99).contains(&element) && (1..=99).contains(&component);
    fits.then_some((tag, element, component))
}

/// A segment as people write it: `REF*ZZ*7`, `RFF+ON:7`.
fn raw(text: &str, standard: Standard) -> Written {
    let (element, component) = match standard {
        Standard::X12 => ('*', '>'),
        Standard::Edifact => ('+', ':'),
    };
    let mut parts = text.split(element);
    let tag = parts.next().unwrap_or_default().into();
    Written { tag, elements: parts.map(|e| e.split(component).map(Into::into).collect()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_named_as_in_the_standard() {
        assert_eq!(place("BAK02"), Some(("BAK", 2, 1)));
        assert_eq!(place("NAD02-3"), Some(("NAD", 2, 3)));
        assert_eq!(place("N104"), Some(("N1", 4, 1)));
        assert_eq!(place("BAK"), None);
        assert_eq!(place("02"), None);
        assert_eq!(place("BAK00"), None);
    }

    #[test]
    fn delimiters_keep_out_of_the_values() {
        let segment = raw("MSG*a>b~c", Standard::X12);
        let segment = Written { elements: vec![vec!["a>b~c".into()]], ..segment };
        let free = free_delimiters(&[segment], "004010");
        assert_eq!((free.segment, free.element, free.component), (0x1c, b'*', b':'));
    }
}
