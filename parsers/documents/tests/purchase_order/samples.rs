//! Real-life orders, where they lie beside the workspace: none may fail, and nearly all of them must reach named fields.
//!
//! Prints what is left over of each file, and the share in named fields. Elements of segments that the schema cannot place are
//! findings of the validation, and are not counted here.
//!
//! Skipped, and says so, where there are no samples.

use crate::sets::{orders, workspace};

#[test]
fn samples_of_850_are_mapped_nearly_whole() {
    let share = share_of("x12/850");
    assert!(share.is_none_or(|share| share >= 95.0), "only {share:?} % of the elements reach named fields");
}

#[test]
fn samples_of_orders_are_mapped_nearly_whole() {
    let share = share_of("edifact/ORDERS");
    assert!(share.is_none_or(|share| share >= 95.0), "only {share:?} % of the components reach named fields");
}

/// Maps all samples of a folder; the share in named fields in percent, `None` where there are no samples.
fn share_of(folder: &str) -> Option<f64> {
    let folder = workspace().join("../shared/samples").join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no samples at {}", folder.display());
        return None;
    };
    let validator =
        jsonschema::validator_for(&portway_documents::DocumentKind::PurchaseOrder.json_schema()).unwrap();
    let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).filter(|p| p.is_file()).collect();
    paths.sort();
    let (mut elements, mut unmapped, mut sets) = (0, 0, 0);
    for path in &paths {
        for order in orders(&std::fs::read(path).unwrap()) {
            let left: Vec<String> = order
                .order
                .unmapped
                .iter()
                .map(|u| {
                    format!("{}{:02}={}", u.segment, u.element, u.value.chars().take(40).collect::<String>())
                })
                .collect();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            println!("{name}: {} of {} mapped, left {left:?}", order.elements - left.len(), order.elements);
            assert!(validator.is_valid(&order.json()), "{name} gives a document that its schema refuses");
            elements += order.elements;
            unmapped += left.len();
            sets += 1;
        }
    }
    let share = 100.0 * (elements - unmapped) as f64 / elements.max(1) as f64;
    println!("{sets} orders of {} files: {share:.1} % of {elements} elements in named fields", paths.len());
    assert!(sets > 0, "no order in {}", folder.display());
    Some(share)
}
