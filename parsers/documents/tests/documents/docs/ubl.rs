//! Where UBL 2 has what a field says, from `ubl.tsv` beside the crate: document or record, field, path in UBL.
//!
//! Written by hand, since nothing here reads or writes UBL. A field that UBL has no place for has no line.

use super::shape::{Place, Shapes};
use std::collections::BTreeMap;

pub struct Ubl {
    paths: BTreeMap<Place, String>,
    /// Lines that name a field that is not there, or twice.
    pub wrong: Vec<String>,
}

impl Ubl {
    pub fn read(shapes: &Shapes) -> Ubl {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ubl.tsv");
        Ubl::parse(&std::fs::read_to_string(file).unwrap(), shapes)
    }

    pub fn parse(text: &str, shapes: &Shapes) -> Ubl {
        let mut ubl = Ubl { paths: BTreeMap::new(), wrong: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [owner, field, path] = columns.as_slice() else {
                ubl.wrong.push(line.to_owned());
                continue;
            };
            let keys: Vec<&str> = field.split('.').collect();
            let places = shapes.places(owner, &keys);
            // One within another record would say something of that record wherever it stands.
            let place = Place { table: (*owner).to_owned(), path: (*field).to_owned() };
            let there = places == [place.clone()];
            if !there || path.is_empty() || ubl.paths.insert(place, (*path).to_owned()).is_some() {
                ubl.wrong.push(line.to_owned());
            }
        }
        ubl
    }

    pub fn path(&self, place: &Place) -> Option<&str> {
        self.paths.get(place).map(String::as_str)
    }
}
