//! Every rule of every schema: a generated sample broken at that rule yields that finding, there, and no other.

use super::{read, told};
use portway_edi::edifact::sample::{Extent, sample};
use portway_edi::schema::shipped_edifact;

#[test]
fn a_sample_of_every_message_has_nothing_to_find() {
    let mut wrong = Vec::new();
    for (message, directory) in shipped_edifact() {
        for extent in [Extent::Least, Extent::Whole] {
            let bytes = sample(message, directory, extent).unwrap();
            let reading = read(&bytes);
            let told: Vec<String> = reading.findings.iter().map(told).collect();
            if !told.is_empty() || reading.sets != 1 {
                wrong.push(format!("{message} {directory} {extent:?}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
