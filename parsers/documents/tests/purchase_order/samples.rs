//! Real-life orders, where they lie beside the workspace: none may fail, and nearly all of them must reach named fields.
//!
//! Prints what is left over of each file, and the share in named fields. Elements of segments that the schema cannot place are
//! findings of the validation, and are not counted here.
//!
//! Skipped, and says so, where there are no samples.

use crate::sets::{orders, workspace};

#[test]
fn samples_are_mapped_nearly_whole() {
    let folder = workspace().join("../shared/samples/x12/850");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no samples at {}", folder.display());
        return;
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
                .map(|u| format!("{}{:02}={}", u.segment, u.element, u.value))
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
    assert!(share >= 95.0, "only {share:.1} % of the elements reach named fields");
}
