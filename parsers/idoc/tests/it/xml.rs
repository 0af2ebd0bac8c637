//! What XML is taken and what is refused, and that memory follows one IDoc, not the file.

use crate::{read_one, sample, write};
use portway_idoc::{Control, Layout, Limits, ReadError};
use std::io::{BufReader, Read};

fn idoc() -> String {
    let sample = sample("orders");
    let (start, end) = (sample.find("<IDOC").unwrap(), sample.find("</ORDERS05>").unwrap());
    sample[start..end].to_owned()
}

fn error(xml: &str) -> ReadError {
    portway_idoc::read(xml.as_bytes()).find_map(Result::err).expect("it was read")
}

#[test]
fn idocs_of_one_file_come_one_after_another() {
    let unknown = idoc().replace("<MESTYP>ORDERS</MESTYP>", "<MESTYP>ZORDERS</MESTYP>");
    let xml = format!("<ORDERS05>{}{unknown}{}</ORDERS05>", idoc(), idoc());
    let read: Vec<_> = portway_idoc::read(xml.as_bytes()).collect();
    assert_eq!(read.len(), 3);
    assert!(read[0].is_ok() && read[2].is_ok());
    let error = read[1].as_ref().unwrap_err().to_string();
    assert!(error.contains("0000000000471101") && error.contains("ZORDERS"), "{error}");
}

#[test]
fn the_element_of_the_type_may_have_a_prefix_or_be_missing() {
    let alone = idoc();
    let prefixed = format!("<n:ORDERS05 xmlns:n='urn:x'>{}</n:ORDERS05>", idoc());
    for xml in [alone, prefixed] {
        assert_eq!(read_one(&xml).document.number(), "4500012345");
    }
}

#[test]
fn a_doctype_an_entity_and_another_encoding_are_refused() {
    let doctype = format!("<!DOCTYPE a [<!ENTITY x 'y'>]><ORDERS05>{}</ORDERS05>", idoc());
    assert!(matches!(error(&doctype), ReadError::DocType { offset: 0 }));
    let within = format!("<ORDERS05>{}</ORDERS05>", idoc().replace("Lager Nord", "<!DOCTYPE a>"));
    assert!(matches!(error(&within), ReadError::DocType { .. }), "{}", error(&within));
    let entity = format!("<ORDERS05>{}</ORDERS05>", idoc().replace("Lager Nord", "&lager;"));
    assert!(matches!(error(&entity), ReadError::Entity { name, .. } if name == "lager"));
    let null = format!("<ORDERS05>{}</ORDERS05>", idoc().replace("Lager Nord", "&#1;"));
    assert!(matches!(error(&null), ReadError::Entity { .. }));
    let latin = format!("<?xml version='1.0' encoding='ISO-8859-1'?><ORDERS05>{}</ORDERS05>", idoc());
    assert_eq!(error(&latin), ReadError::Encoding("ISO-8859-1".to_owned()));
}

#[test]
fn the_five_entities_character_references_and_cdata_are_read() {
    let text = "A&lt;&gt;&amp;&apos;&quot;&#228;&#x20AC;<![CDATA[<b>&]]>";
    let idoc = read_one(&format!("<ORDERS05>{}</ORDERS05>", idoc().replace("Lager Nord", text)));
    let json = serde_json::to_value(&idoc.document).unwrap();
    assert_eq!(json["parties"][2]["name"], "A<>&'\"ä€<b>&");
    let mut document = idoc.document;
    document.unmapped_mut().clear();
    let (xml, findings) = write(&document, &Control::default(), Layout::Indented);
    assert_eq!(findings, Vec::<String>::new());
    assert!(xml.contains("A&lt;&gt;&amp;'\"ä€&lt;b&gt;&amp;"), "{xml}");
}

#[test]
fn broken_xml_ends_the_reading_after_what_was_whole() {
    let whole = format!("<ORDERS05>{}", idoc());
    for tail in ["", "<IDOC><E1EDK01>", "</X>", "text", "<IDOC></X></IDOC>", "<OTHER/>"] {
        let xml = format!("{whole}{tail}");
        let read: Vec<_> = portway_idoc::read(xml.as_bytes()).collect();
        assert_eq!(read.len(), 2, "{tail:?}");
        assert!(read[0].is_ok() && read[1].is_err(), "{tail:?}");
    }
    assert_eq!(error("<ORDERS05></ORDERS05>"), ReadError::Empty);
    assert_eq!(error(""), ReadError::Empty);
}

#[test]
fn limits_hold() {
    let deep = "<a>".repeat(40);
    assert!(matches!(error(&format!("<ORDERS05><IDOC>{deep}")), ReadError::TooLarge(_)));
    let within = |limits: Limits, xml: &str| {
        portway_idoc::read_within(BufReader::with_capacity(64, xml.as_bytes()), limits).next().unwrap()
    };
    let xml = format!("<ORDERS05>{}</ORDERS05>", idoc());
    let small = Limits { bytes: 500, ..Limits::default() };
    assert!(matches!(within(small, &xml), Err(ReadError::TooLarge(_))));
    let few = Limits { elements: 10, ..Limits::default() };
    assert!(matches!(within(few, &xml), Err(ReadError::TooLarge(_))));
    // A single text without end is cut off there too.
    let endless = format!("<ORDERS05><IDOC><A>{}", "x".repeat(10_000));
    assert!(matches!(within(small, &endless), Err(ReadError::TooLarge(_))));
    assert!(within(Limits { bytes: xml.len() as u64, ..Limits::default() }, &xml).is_ok());
}

/// Gives the same IDoc again and again, without having it in memory.
struct Endless {
    idoc: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.idoc.len() {
            if self.left == 0 {
                return Ok(0);
            }
            (self.at, self.left) = (0, self.left - 1);
        }
        let count = buffer.len().min(self.idoc.len() - self.at);
        buffer[..count].copy_from_slice(&self.idoc[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[test]
fn many_idocs_need_no_more_than_the_limit_of_one() {
    let idoc = idoc().into_bytes();
    let limits = Limits { bytes: idoc.len() as u64 + 10, ..Limits::default() };
    let head = &b"<ORDERS05>"[..];
    let tail = &b"</ORDERS05>"[..];
    let input = head.chain(Endless { idoc, at: 0, left: 199 }).chain(tail);
    let read = portway_idoc::read_within(BufReader::new(input), limits);
    assert_eq!(read.filter(Result::is_ok).count(), 200);
}

#[test]
fn a_segment_whose_qualifier_does_not_fit_is_left_out_whole() {
    let text = crate::sample("credit-note").replace("<IDDAT>028</IDDAT>", "<IDDAT>028(</IDDAT>");
    let idoc = portway_idoc::read(text.as_bytes()).next().unwrap().unwrap();
    let (written, told) =
        portway_idoc::write(&idoc.document, &idoc.control, portway_idoc::Layout::Compact).unwrap();
    let written = String::from_utf8(written).unwrap();
    assert!(text.contains("028(") && !written.contains("20261230"), "a day of no meaning: {written}");
    assert!(told.iter().any(|finding| finding.value.as_deref() == Some("2026-12-30")), "{told:?}");
}
