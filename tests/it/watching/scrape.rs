//! A reader of the exposition format, as strict as Prometheus is: every family stands together behind its `HELP` and `TYPE`, no sample
//! comes twice, every value is a number.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct Scrape {
    /// Name and labels, `name{a="b"}` with the labels in order, to the value.
    pub samples: BTreeMap<(String, BTreeMap<String, String>), f64>,
    /// Family to type.
    pub families: BTreeMap<String, String>,
}

impl Scrape {
    #[track_caller]
    pub fn read(text: &str) -> Scrape {
        let mut scrape = Scrape::default();
        let mut helped = BTreeSet::new();
        let mut family = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect(line);
                assert!(help.len() > 5 && helped.insert(name.to_owned()), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect(line);
                assert!(helped.contains(name), "without HELP: {line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let before = scrape.families.insert(name.to_owned(), kind.to_owned());
                assert!(before.is_none(), "a second family: {line}");
                name.clone_into(&mut family);
            } else {
                let (name, labels, value) = sample(line);
                let of = name.strip_prefix(&family).unwrap_or("no");
                assert!(
                    ["", "_bucket", "_sum", "_count"].contains(&of),
                    "not in its family {family}: {line}"
                );
                assert_eq!(scrape.samples.insert((name, labels), value), None, "twice: {line}");
            }
        }
        scrape
    }

    /// The sum of all samples with these labels; `None`: there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let mut found = self.samples.iter().filter(|((of, have), _)| {
            of == name && labels.iter().all(|(key, value)| have.get(*key).is_some_and(|v| v == value))
        });
        let first = *found.next()?.1;
        Some(found.fold(first, |sum, (_, value)| sum + value))
    }

    /// What a label is anywhere.
    pub fn values(&self, label: &str) -> BTreeSet<&str> {
        self.samples.keys().filter_map(|(_, labels)| labels.get(label).map(String::as_str)).collect()
    }
}

/// `name{label="value",…} 1`
fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (head, value) = line.rsplit_once(' ').expect(line);
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().expect(line) };
    let Some((name, rest)) = head.split_once('{') else { return (head.to_owned(), BTreeMap::new(), value) };
    let mut labels = BTreeMap::new();
    let mut rest = rest.strip_suffix('}').expect(line);
    while !rest.is_empty() {
        let (label, quoted) = rest.split_once("=\"").expect(line);
        let mut text = String::new();
        let mut characters = quoted.char_indices();
        let end = loop {
            match characters.next().expect(line) {
                (at, '"') => break at,
                (_, '\\') => text.push(match characters.next().expect(line).1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => text.push(other),
            }
        };
        labels.insert(label.to_owned(), text);
        rest = quoted[end + 1..].trim_start_matches(',');
    }
    (name.to_owned(), labels, value)
}
