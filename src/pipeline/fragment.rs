//! Fragments: a set without its envelope (ST to SE without an ISA, UNH to UNT without a UNB), read where a name rule of the
//! profile says whose it is.
//!
//! The envelope that is missing is made from what the profiles say and put around it for the readers: sender and receiver are
//! the partner's and our own addresses, the number is that of the content. Nobody asked for an answer, so none is owed.
//! Promises: without a rule nothing is read, and the reason says which rule would do. Pure: nothing is written here.

use super::material::{Envelope, Material, Piece};
use super::unpack::last_part;
use crate::profile::files::NameRule;
use crate::profile::partner::Status;
use crate::profile::{Configuration, PartnerProfile};
use portway_edi::interchange::PartyId;
use portway_edi::schema::Schema;
use portway_edi::{Delimiters, Standard};
use std::io;
use std::sync::Arc;

/// What a piece without an interchange begins with.
#[derive(Debug, PartialEq, Eq)]
pub struct Start {
    pub standard: Standard,
    pub delimiters: Delimiters,
    /// ST01, or 0065.
    pub code: String,
    /// Where its first segment begins.
    skip: u64,
    /// A UNA that stood before it.
    service: Option<Vec<u8>>,
}

/// The set that the first bytes are the beginning of.
pub fn start(head: &[u8]) -> Option<Start> {
    let mut text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let mut service = None;
    let mut delimiters = Delimiters::EDIFACT;
    if let [b'U', b'N', b'A', component, element, _, release, _, segment, rest @ ..] = text {
        delimiters = Delimiters {
            segment: *segment,
            element: *element,
            component: *component,
            release: (*release != b' ').then_some(*release),
            ..delimiters
        };
        service = Some(text[..9].to_vec());
        text = rest.trim_ascii_start();
    }
    let skip = (head.len() - text.len()) as u64;
    let word = |bytes: &[u8]| {
        let end = bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    };
    if let Some(rest) = text.strip_prefix(b"UNH") {
        if *rest.first()? != delimiters.element {
            return None;
        }
        if service.is_none() && !text.contains(&delimiters.segment) && text.contains(&b'\n') {
            delimiters.segment = b'\n';
        }
        let code = word(rest[1..].split(|&b| b == delimiters.element).nth(1)?);
        return Some(Start { standard: Standard::Edifact, delimiters, code, skip, service });
    }
    let rest = text.strip_prefix(b"ST").filter(|_| service.is_none())?;
    let element = *rest.first().filter(|b| !b.is_ascii_alphanumeric() && !b.is_ascii_whitespace())?;
    let code = word(&rest[1..]);
    if code.len() != 3 || rest.get(4) != Some(&element) {
        return None;
    }
    // ST02 and ST03 are letters and digits: what comes then and is no separator ends the segment.
    let end = rest[5..].iter().find(|&&b| !b.is_ascii_alphanumeric() && b != element && b != b' ')?;
    let segment = if *end == b'\r' { b'\n' } else { *end };
    let component = [b'>', b':', b'<'].into_iter().find(|b| *b != element && *b != segment)?;
    let delimiters = Delimiters { segment, element, component, ..Delimiters::X12 };
    Some(Start { standard: Standard::X12, delimiters, code, skip, service })
}

/// The envelope for a piece without one; `Err` says what is missing, for the operator. `file_name`: that of the message.
///
/// # Errors
/// The outer ones are those of reading the spool.
pub fn envelope(
    configuration: &Configuration,
    connection: &Arc<PartnerProfile>,
    file_name: Option<&str>,
    material: &Material,
    piece: &Piece,
) -> io::Result<Option<Result<Envelope, String>>> {
    let Some(start) = start(&material.head(piece)?) else { return Ok(None) };
    let name = name_of(file_name, piece);
    let rule = match rule(connection, &start, name) {
        Ok(rule) => rule,
        Err(why) => return Ok(Some(Err(why))),
    };
    let ended = material.tail(piece)?.trim_ascii_end().last() == Some(&start.delimiters.segment)
        // A line end that ends segments is trimmed itself.
        || start.delimiters.segment == b'\n' && material.tail(piece)?.last() == Some(&b'\n');
    Ok(Some(made(configuration, connection, &start, rule, name, ended)))
}

fn name_of<'a>(file_name: Option<&'a str>, piece: &'a Piece) -> &'a str {
    last_part(piece.name.as_deref().or(file_name).unwrap_or_default())
}

fn rule<'a>(connection: &'a PartnerProfile, start: &Start, name: &str) -> Result<&'a NameRule, String> {
    let (id, code) = (&connection.partner.id, &start.code);
    let missing = match start.standard {
        Standard::X12 => "ISA",
        Standard::Edifact => "UNB",
    };
    let mut fitting = connection.partner.files.name.iter().filter(|rule| rule.fits(name)).peekable();
    if fitting.peek().is_none() {
        let pattern = match name.rsplit_once('.') {
            Some((_, end)) if end.bytes().all(|b| b.is_ascii_alphanumeric()) => format!("*.{end}"),
            _ => "*".to_owned(),
        };
        return Err(format!(
            "{name:?} holds {code} without an envelope (no {missing}), and no rule of the profile fits that name. If it was agreed on so, \
             write [[files.name]] with pattern = {pattern:?} and document = \"{code}\" in partners.d/{id}.toml and release it; else ask \
             the partner to send it with its envelope"
        ));
    }
    let expected: Vec<&str> = fitting.clone().filter_map(|rule| rule.document.as_deref()).collect();
    fitting.find(|rule| rule.document.as_ref().is_none_or(|document| document == code)).ok_or_else(|| {
        format!(
            "{name:?} holds {code} without an envelope (no {missing}), but [[files.name]] in partners.d/{id}.toml says {} for that name. If \
             {code} is right, add it there and release it; else ask the partner",
            expected.join(" or ")
        )
    })
}

fn made(
    configuration: &Configuration,
    connection: &Arc<PartnerProfile>,
    start: &Start,
    rule: &NameRule,
    name: &str,
    ended: bool,
) -> Result<Envelope, String> {
    let own = &connection.partner.id;
    let id = rule.partner.as_ref().unwrap_or(own);
    let profile = match rule.partner.as_ref().filter(|other| *other != own) {
        None => connection,
        Some(other) => configuration.partner(other).ok_or_else(|| {
            format!("the rule for {name:?} in partners.d/{own}.toml names the partner {other:?}, whose profile is not in force")
        })?,
    };
    let (section, key) = match start.standard {
        Standard::X12 => ("x12", "\"<qualifier>:<id>\""),
        Standard::Edifact => ("edifact", "\"<id>\""),
    };
    let lacks = |what: &str, file: &str| {
        format!(
            "{name:?} holds {} without an envelope, and {what} has no address in that standard: write {section} id = {key} in {file} and \
             release it",
            start.code
        )
    };
    let sender = match start.standard {
        Standard::X12 => profile.x12_ids().next().map(|id| &id.0),
        Standard::Edifact => profile.edifact_ids().next().map(|id| &id.0),
    };
    let sender = sender.ok_or_else(|| lacks(id, &format!("partners.d/{id}.toml")))?;
    let station = configuration.station_of(profile).map(|(_, station)| station);
    let receiver = station.and_then(|station| match start.standard {
        Standard::X12 => station.x12.as_ref().map(|id| &id.0),
        Standard::Edifact => station.edifact.as_ref().map(|id| &id.0),
    });
    let receiver = receiver.ok_or_else(|| lacks("our station", "gateway.toml"))?;
    let test = profile.partner.status == Status::Test;
    let (before, after) = match start.standard {
        Standard::X12 => {
            let habits = profile.partner.x12.as_ref();
            let version =
                rule.version.as_deref().or(habits.map(|x12| x12.version.as_str())).unwrap_or("004010");
            let group = profile.partner.group_id(Standard::X12).unwrap_or(&sender.id);
            x12(start, (sender, receiver), group, version, test)
        }
        Standard::Edifact => edifact(start, sender, receiver, test),
    };
    let why = format!(
        "read without an envelope: {name:?} fits [[files.name]] pattern = {:?} of partners.d/{own}.toml. Sender, receiver and number are \
         made up from the profile and the content; no answer is owed",
        rule.pattern
    );
    let end = if ended { Vec::new() } else { vec![start.delimiters.segment] };
    Ok(Envelope { before, after: [end, after].concat(), skip: start.skip, why })
}

/// Counts in the trailers are not looked at: what is found outside the content is dropped (`frame`).
fn x12(
    start: &Start,
    (sender, receiver): (&PartyId, &PartyId),
    group: &str,
    version: &str,
    test: bool,
) -> (Vec<u8>, Vec<u8>) {
    let functional = Schema::x12(&start.code, version).map_or("ZZ", Schema::functional_id);
    let usage = if test { "T" } else { "P" };
    let (sent, received) = (format!("{:15}", sender.id), format!("{:15}", receiver.id));
    let blank = " ".repeat(10);
    #[rustfmt::skip]
    let isa = ["ISA", "00", &blank, "00", &blank, &sender.qualifier, &sent, &receiver.qualifier, &received, "700101", "0000",
               "U", "00401", "000000001", "0", usage];
    let gs = ["GS", functional, group, &receiver.id, "19700101", "0000", "1", "X", version];
    let (element, segment) = ([start.delimiters.element], start.delimiters.segment);
    let join =
        |elements: &[&str]| elements.iter().map(|e| e.as_bytes()).collect::<Vec<_>>().join(&element[..]);
    let mut before = join(&isa);
    before.extend([start.delimiters.element, start.delimiters.component, segment]);
    before.extend(join(&gs));
    before.push(segment);
    let mut after = join(&["GE", "1", "1"]);
    after.push(segment);
    after.extend(join(&["IEA", "1", "000000001"]));
    after.push(segment);
    (before, after)
}

fn edifact(start: &Start, sender: &PartyId, receiver: &PartyId, test: bool) -> (Vec<u8>, Vec<u8>) {
    let d = start.delimiters;
    let escaped = |text: &str| {
        let mut bytes = Vec::new();
        for byte in text.bytes() {
            if d.contains(byte) || Some(byte) == d.release {
                bytes.extend(d.release);
            }
            bytes.push(byte);
        }
        bytes
    };
    let party = |party: &PartyId| match party.qualifier.as_str() {
        "" => escaped(&party.id),
        qualifier => [escaped(&party.id), escaped(qualifier)].join(&d.component),
    };
    let composite = |a: &str, b: &str| [a.as_bytes().to_vec(), b.as_bytes().to_vec()].join(&d.component);
    let mut unb = vec![
        b"UNB".to_vec(),
        composite("UNOC", "3"),
        party(sender),
        party(receiver),
        composite("700101", "0000"),
        b"1".to_vec(),
    ];
    if test {
        // S005, 0026, 0029, 0031 and 0032 are empty; then 0035.
        unb.extend([const { Vec::new() }; 5]);
        unb.push(b"1".to_vec());
    }
    let una = [b'U', b'N', b'A', d.component, d.element, b'.', d.release.unwrap_or(b' '), b' ', d.segment];
    let mut before = start.service.clone().unwrap_or_else(|| una.to_vec());
    before.extend(unb.join(&d.element));
    before.push(d.segment);
    let mut after = [b"UNZ".to_vec(), b"1".to_vec(), b"1".to_vec()].join(&d.element);
    after.push(d.segment);
    (before, after)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_set_is_told_by_its_first_segment() {
        for (head, standard, code, segment) in [
            ("ST*850*0001~BEG*00~", Standard::X12, "850", b'~'),
            ("\u{feff}\r\nST|810|0001\r\nBIG|", Standard::X12, "810", b'\n'),
            ("ST*856*0001*GUIDE1'\nBSN", Standard::X12, "856", b'\''),
            ("UNH+1+ORDERS:D:96A:UN'BGM+220", Standard::Edifact, "ORDERS", b'\''),
            ("UNH+1+DESADV:D:96A:UN\nBGM+351\n", Standard::Edifact, "DESADV", b'\n'),
            ("UNA:*.? ~\nUNH*1*INVOIC:D:96A:UN~", Standard::Edifact, "INVOIC", b'~'),
        ] {
            let start = start(head.as_bytes()).unwrap();
            assert_eq!(
                (start.standard, &*start.code, start.delimiters.segment),
                (standard, code, segment),
                "{head}"
            );
            assert!(matches!(head.as_bytes()[start.skip as usize], b'S' | b'U'), "{head}");
        }
    }

    #[test]
    fn what_is_something_else_is_no_set() {
        for head in [
            "",
            "ST",
            "STUFF*850*1~",
            "ST*85*0001~",
            "ISA*00*",
            "UNB+UNOC:3+",
            "GS*PO*",
            "UNHAPPY+1",
            "ST*850*0001",
            "UNA:+.? 'UNB",
        ] {
            assert_eq!(start(head.as_bytes()), None, "{head}");
        }
    }
}
