//! Real-life sets, where they lie beside the workspace: none may fail, and nearly all of them must reach named fields.
//!
//! Prints what is left over of each file, and the share in named fields. Elements of segments that the schema cannot place are
//! findings of the validation, and are not counted here.
//!
//! Skipped, and says so, where there are no samples.

use crate::sets::{Set, sets, workspace};
use portway_documents::finding::{UNREADABLE_DATE, UNREADABLE_NUMBER, UNREADABLE_TIME};
use portway_documents::reference::Unmapped;
use std::collections::BTreeMap;

/// Sets whose samples must reach named fields by 95 % (the main documents).
const MAIN: [&str; 8] = ["850", "855", "856", "810", "ORDERS", "ORDRSP", "DESADV", "INVOIC"];

/// What the samples of a set have in named fields.
#[derive(Default)]
pub struct Share {
    pub sets: usize,
    /// Elements with something in them, of EDIFACT components.
    pub elements: usize,
    /// Those that no field took.
    pub unmapped: usize,
    /// The same by element (`PWK01`), with how often.
    pub left: BTreeMap<String, usize>,
}

impl Share {
    pub fn percent(&self) -> f64 {
        100.0 * (self.elements - self.unmapped) as f64 / self.elements.max(1) as f64
    }
}

/// The share of each set, `visit` shown each sample on the way; `None` where there are no samples.
pub fn shares(mut visit: impl FnMut(&str, &Set)) -> Option<BTreeMap<String, Share>> {
    let root = workspace().join("../shared/samples");
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    for standard in ["x12", "edifact"] {
        let Ok(folders) = std::fs::read_dir(root.join(standard)) else {
            println!("skipped: no samples at {}", root.join(standard).display());
            return None;
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
                visit(&name, &set);
                let share = shares.entry(set.code.clone()).or_default();
                let (unreadable, unmapped): (Vec<_>, Vec<_>) =
                    set.document.unmapped().iter().partition(|u| is_unreadable(&set, u));
                share.sets += 1;
                share.elements += set.elements - unreadable.len();
                share.unmapped += unmapped.len();
                for left in unmapped {
                    *share.left.entry(format!("{}{:02}", left.segment, left.element)).or_default() += 1;
                }
            }
        }
    }
    Some(shares)
}

/// What is no number or no day is a finding, must not stand in a field of that type, and is not counted.
fn is_unreadable(set: &Set, unmapped: &Unmapped) -> bool {
    set.findings.iter().any(|f| {
        (f.place.position, f.place.element) == (Some(unmapped.position), Some(unmapped.element))
            && [UNREADABLE_NUMBER, UNREADABLE_DATE, UNREADABLE_TIME].contains(&f.code)
    })
}

#[test]
fn samples_reach_named_fields() {
    let shares = shares(|name, set| {
        let unmapped = set.document.unmapped();
        let left: Vec<String> = unmapped
            .iter()
            .map(|u| {
                format!("{}{:02}={}", u.segment, u.element, u.value.chars().take(40).collect::<String>())
            })
            .collect();
        println!(
            "{} {name}: {} of {} mapped, left {left:?}",
            set.code,
            set.elements - left.len(),
            set.elements
        );
        let validator = jsonschema::validator_for(&set.document.kind().json_schema()).unwrap();
        assert!(validator.is_valid(&set.json()), "{name} gives a document that its schema refuses");
    });
    for (code, share) in shares.into_iter().flatten() {
        let percent = share.percent();
        println!(
            "{code}: {} sets, {percent:.1} % of {} elements in named fields",
            share.sets, share.elements
        );
        let least = if MAIN.contains(&code.as_str()) { 95.0 } else { 80.0 };
        assert!(percent >= least, "only {percent:.1} % of the elements of {code} reach named fields");
    }
}
