//! What holds for any bytes whatever of IDoc XML: the body of its fuzz target, and of the test that mangles samples.
//!
//! No panic, and an end; the same IDocs however the input arrives; what was read is shown as JSON and read from it; what is written from
//! it reads back as one IDoc, and written again is the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_documents::Document;
use portway_idoc::{Control, Layout, Limits, read_within, write};
use std::io::BufReader;

/// Small, so that small inputs meet them.
const LIMITS: Limits = Limits { bytes: 1 << 16, depth: 12, elements: 1_000 };

pub fn idoc_read(bytes: &[u8]) {
    let whole: Vec<_> = read_within(bytes, LIMITS).collect();
    let pieces: Vec<_> = read_within(BufReader::with_capacity(7, bytes), LIMITS).collect();
    assert_eq!(format!("{whole:?}"), format!("{pieces:?}"));
    for read in whole {
        match read {
            Ok(idoc) => {
                same_as_json(&idoc.document);
                again(&idoc.document, &idoc.control);
                again(&idoc.document, &Control::default());
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn same_as_json(document: &Document) {
    let json = serde_json::to_string(document).unwrap();
    assert_eq!(document.kind().parse(&json).unwrap(), *document);
}

fn again(document: &Document, control: &Control) {
    for layout in [Layout::Compact, Layout::Indented] {
        let Ok((written, _)) = write(document, control, layout) else { continue };
        let mut back = portway_idoc::read(written.as_slice());
        let first = back.next().expect("an IDoc").expect("what was written is read");
        assert!(back.next().is_none());
        let (second, _) = write(&first.document, control, layout).expect("what was read is written");
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(shown(&written), shown(&second));
    }
}
