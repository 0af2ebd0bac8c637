//! Real-life sets, where they lie beside the workspace: none may fail, and nearly all of them must reach named fields.
//!
//! Prints what is left over of each file, and the share in named fields. Elements of segments that the schema cannot place are
//! findings of the validation, and are not counted here; nor are values that are no number or day of their type.
//!
//! Skipped, and says so, where there are no samples.

use crate::sets::{sets, workspace};
use portway_documents::finding::{UNREADABLE_DATE, UNREADABLE_NUMBER, UNREADABLE_TIME};
use portway_documents::reference::Unmapped;
use portway_edi::Finding;
use std::collections::BTreeMap;

/// Sets whose samples must reach named fields by 95 % (the main documents).
const MAIN: [&str; 8] = ["850", "855", "856", "810", "ORDERS", "ORDRSP", "DESADV", "INVOIC"];

#[test]
fn samples_reach_named_fields() {
    let root = workspace().join("../shared/samples");
    let mut shares: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for standard in ["x12", "edifact"] {
        let Ok(folders) = std::fs::read_dir(root.join(standard)) else {
            println!("skipped: no samples at {}", root.join(standard).display());
            return;
        };
        let mut paths: Vec<_> = folders
            .map(|e| e.unwrap().path())
            .filter(|p| p.is_dir())
            .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()))
            .filter(|p| p.is_file())
            .collect();
        paths.sort();
        for path in &paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            for set in sets(&std::fs::read(path).unwrap()) {
                // What is no number or no day is a finding, and must not stand in a field of that type.
                let unreadable = |u: &&Unmapped| {
                    let is_it = |f: &&Finding| {
                        (f.place.position, f.place.element) == (Some(u.position), Some(u.element))
                            && [UNREADABLE_NUMBER, UNREADABLE_DATE, UNREADABLE_TIME].contains(&f.code)
                    };
                    set.findings.iter().any(|f| is_it(&f))
                };
                let broken = set.document.unmapped().iter().filter(unreadable).count();
                let left: Vec<String> = set
                    .document
                    .unmapped()
                    .iter()
                    .filter(|u| !unreadable(u))
                    .map(|u| {
                        format!(
                            "{}{:02}={}",
                            u.segment,
                            u.element,
                            u.value.chars().take(40).collect::<String>()
                        )
                    })
                    .collect();
                let elements = set.elements - broken;
                println!(
                    "{} {name}: {} of {elements} mapped, left {left:?}, {broken} unreadable",
                    set.code,
                    elements - left.len(),
                );
                let validator = jsonschema::validator_for(&set.document.kind().json_schema()).unwrap();
                assert!(validator.is_valid(&set.json()), "{name} gives a document that its schema refuses");
                let share = shares.entry(set.code.clone()).or_default();
                *share = (share.0 + 1, share.1 + elements, share.2 + left.len());
            }
        }
    }
    for (code, (count, elements, unmapped)) in shares {
        let share = 100.0 * (elements - unmapped) as f64 / elements.max(1) as f64;
        println!("{code}: {count} sets, {share:.1} % of {elements} elements in named fields");
        let least = if MAIN.contains(&code.as_str()) { 95.0 } else { 80.0 };
        assert!(share >= least, "only {share:.1} % of the elements of {code} reach named fields");
    }
}
