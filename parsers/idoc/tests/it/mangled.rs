//! Mangled input: whatever comes, reading ends with documents or an error, never with a panic; and what is read can be written.

use crate::sample;
use portway_idoc::{Control, Layout, Limits};
use proptest::prelude::*;

/// Reads all there is, and writes each document.
fn run(bytes: &[u8]) {
    let limits = Limits { bytes: 1 << 20, depth: 12, elements: 5_000 };
    for idoc in portway_idoc::read_within(bytes, limits).flatten() {
        if let Ok((bytes, _)) = portway_idoc::write(&idoc.document, &Control::default(), Layout::Compact) {
            let back = portway_idoc::read(bytes.as_slice()).next();
            assert!(matches!(back, Some(Ok(_))), "written, and not read back: {back:?}");
        }
    }
}

const SAMPLES: [&str; 5] = ["orders", "ordrsp", "desadv", "shpord", "invoic"];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..6),
        prop_oneof![
            Just(""),
            Just("<"),
            Just("</IDOC>"),
            Just("<IDOC BEGIN=\"1\">"),
            Just("<E1EDL37 SEGMENT=\"1\">"),
            Just("&amp;"),
            Just("&#0;"),
            Just("]]>"),
            Just("<![CDATA["),
            Just("99999999999999999999999999999"),
            Just("-"),
            Just("00000000"),
            Just("000010"),
            Just("<POSNR>"),
            Just("</POSNR>"),
            Just("\u{1F600}"),
            Just("<!--"),
            Just("SEGMENT"),
        ]
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_cut_out_and_put_in(
        name in 0..SAMPLES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..12, piece()), 1..6),
    ) {
        let mut bytes = sample(SAMPLES[name]).into_bytes();
        for (at, length, piece) in edits {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece);
            if bytes.is_empty() {
                bytes.push(b'<');
            }
        }
        run(&bytes);
    }

    #[test]
    fn values_of_any_text(
        name in 0..SAMPLES.len(),
        values in proptest::collection::vec("[ -~äß€]{0,40}|[0-9]{1,32}[.]?[0-9]{0,6}-?", 1..40),
    ) {
        let sample = sample(SAMPLES[name]);
        // Every value that has digits, in turn, is another text.
        let mut out = String::new();
        let mut number = 0;
        for part in sample.split_inclusive('>') {
            match part.split_once('<') {
                Some((text, tag)) if !text.trim().is_empty() && !["ORDERS", "DELVRY", "INVOIC"].iter().any(|t| text.contains(t))
                    && !["ORDRSP", "DESADV", "SHPORD"].contains(&text) => {
                    let value = &values[number % values.len()];
                    number += 1;
                    let value = value.replace('&', "&amp;").replace('<', "&lt;");
                    out.push_str(&if number % 3 == 0 { value } else { text.to_owned() });
                    out.push('<');
                    out.push_str(tag);
                }
                _ => out.push_str(part),
            }
        }
        run(out.as_bytes());
    }
}
