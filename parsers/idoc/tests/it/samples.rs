//! Samples: each is read to the document beside it, and comes back whole when written and read.
//!
//! `UPDATE_GOLDEN=1` writes the documents anew.

use crate::{read_one, sample, write};
use portway_idoc::Layout;

const SAMPLES: [&str; 7] = ["orders", "ordchg", "ordrsp", "desadv", "shpord", "invoic", "credit-note"];

#[test]
fn samples_are_read_as_the_documents_beside_them() {
    for name in SAMPLES {
        let idoc = read_one(&sample(name));
        assert_eq!(idoc.findings, [], "{name}");
        let mut json = serde_json::to_string_pretty(&idoc.document).unwrap();
        json.push('\n');
        let path = format!("{}/tests/it/samples/{name}.json", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &json).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(json, golden, "{name}: UPDATE_GOLDEN=1 writes it anew");
        // What stands beside the sample is a document by its own schema.
        let back = idoc.document.kind().parse(&golden).unwrap();
        assert_eq!(back, idoc.document, "{name}");
    }
}

#[test]
fn a_sample_written_and_read_is_the_same_but_for_what_was_unmapped() {
    for name in SAMPLES {
        let mut idoc = read_one(&sample(name));
        idoc.document.unmapped_mut().clear();
        for layout in [Layout::Compact, Layout::Indented] {
            let (xml, findings) = write(&idoc.document, &idoc.control, layout);
            assert_eq!(findings, Vec::<String>::new(), "{name}\n{xml}");
            let back = read_one(&xml);
            assert_eq!(back.control, idoc.control, "{name}");
            assert_eq!(back.document, idoc.document, "{name}\n{xml}");
        }
    }
}
