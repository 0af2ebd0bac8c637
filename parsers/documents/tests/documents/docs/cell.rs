//! How the sources of a field are told in a cell of a table: short, and with the loop where that matters.
//!
//! A few elements are named each; many of one segment as a range; a record of many segments by its loop, or by its segments.

use super::measure::{Source, Sources};
use super::shape::Place;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Elements that are named one by one.
const FEW: usize = 4;
/// Segments that are named in one cell.
const SEGMENTS: usize = 8;

/// `PO107`, `LIN03-1`.
pub fn name(source: &Source) -> String {
    let component = source.component.map(|c| format!("-{c}")).unwrap_or_default();
    format!("{}{:02}{component}", source.tag, source.element)
}

/// The sources of several fields as those of one. What stands in many sets is told without set and loop.
pub fn merged<'a>(
    sources: impl Iterator<Item = &'a BTreeMap<Source, u32>>,
    is_shared: bool,
) -> BTreeMap<Source, u32> {
    let mut merged = BTreeMap::new();
    for (source, position) in sources.flatten() {
        let mut source = source.clone();
        if is_shared {
            (source.set, source.loops) = (String::new(), Vec::new());
        }
        let first = merged.entry(source).or_insert(*position);
        *first = (*first).min(*position);
    }
    merged
}

/// The loops that what stands with a field is in: those of all fields of the record the field is of.
#[derive(Default)]
pub struct Around(BTreeMap<(String, String), Vec<String>>);

impl Around {
    pub fn of<'a>(measured: impl Iterator<Item = (&'a Place, &'a Sources)>) -> Around {
        let mut around = Around::default();
        for (place, sources) in measured {
            for source in sources.x12.keys().chain(sources.edifact.keys()) {
                match around.0.entry((source.set.clone(), record_of(&place.path))) {
                    Entry::Vacant(entry) => drop(entry.insert(source.loops.clone())),
                    Entry::Occupied(mut entry) => truncate(entry.get_mut(), &source.loops),
                }
            }
        }
        around
    }

    fn loops(&self, set: &str, path: &str) -> &[String] {
        self.0.get(&(set.to_owned(), record_of(path))).map_or(&[], Vec::as_slice)
    }
}

/// `lines` of `lines.number`.
fn record_of(path: &str) -> String {
    path.rsplit_once('.').map_or("", |(record, _)| record).to_owned()
}

/// What two lists of loops begin with.
fn truncate(loops: &mut Vec<String>, others: &[String]) {
    let same = loops.iter().zip(others).take_while(|(a, b)| a == b).count();
    loops.truncate(same);
}

/// The cell of the field at `path`, by set where a document has several that differ.
pub fn cell(sources: &BTreeMap<Source, u32>, path: &str, is_record: bool, around: &Around) -> String {
    let mut sets: BTreeMap<&str, Vec<(&Source, u32)>> = BTreeMap::new();
    for (source, position) in sources {
        sets.entry(&source.set).or_default().push((source, *position));
    }
    let told: Vec<(&str, String)> = sets
        .iter()
        .map(|(set, sources)| (*set, of_set(sources, is_record, around.loops(set, path))))
        .collect();
    match told.as_slice() {
        [] => String::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => first.clone(),
        _ => told.iter().map(|(set, text)| format!("{set}: {text}")).collect::<Vec<_>>().join("; "),
    }
}

fn of_set(sources: &[(&Source, u32)], is_record: bool, around: &[String]) -> String {
    let names: BTreeSet<String> = sources.iter().map(|(source, _)| name(source)).collect();
    let in_short = is_record && names.len() > FEW;
    if in_short && let Some(told) = by_loop(sources, around) {
        return told;
    }
    // Segments by the loop they stand in, where that is not the one of the record.
    let mut loops: Vec<(u32, &str, Vec<&Source>)> = Vec::new();
    for (source, position) in sources {
        let own = source.loops.last() == Some(&source.tag);
        let of = &source.loops[..source.loops.len() - usize::from(own)];
        let told = of.last().filter(|_| of.len() > around.len()).map_or("", String::as_str);
        match loops.iter_mut().find(|(_, t, _)| *t == told) {
            Some((first, _, list)) => {
                *first = (*first).min(*position);
                list.push(source);
            }
            None => loops.push((*position, told, vec![source])),
        }
    }
    loops.sort_by_key(|(position, told, _)| (!told.is_empty(), *position));
    let positions: BTreeMap<&Source, u32> = sources.iter().copied().collect();
    let mut list = Vec::new();
    for (_, told, sources) in loops {
        let mut segments: BTreeMap<&str, (u32, Vec<&Source>)> = BTreeMap::new();
        for source in sources {
            let position = positions.get(source).copied().unwrap_or_default();
            let segment = segments.entry(&source.tag).or_insert((position, Vec::new()));
            segment.0 = segment.0.min(position);
            segment.1.push(source);
        }
        let mut segments: Vec<(&str, u32, Vec<&Source>)> =
            segments.into_iter().map(|(tag, (position, sources))| (tag, position, sources)).collect();
        segments.sort_by_key(|(tag, position, _)| (*position, *tag));
        let opens = around.last().map(String::as_str);
        let within = if told.is_empty() { String::new() } else { format!("{told}/") };
        list.extend(segments.iter().map(|(tag, _, sources)| match in_short && opens != Some(tag) {
            true => format!("{within}{tag}"),
            false => elements(sources, &within),
        }));
    }
    limited(list)
}

/// `loop N1`, where all of it stands in one loop, which is not the one of the record around.
fn by_loop(sources: &[(&Source, u32)], around: &[String]) -> Option<String> {
    let mut common = sources.first()?.0.loops.clone();
    sources.iter().for_each(|(source, _)| truncate(&mut common, &source.loops));
    let trigger = common.last()?;
    // Of what another segment opens, the segments say more.
    if common.len() <= around.len() || !sources.iter().any(|(source, _)| source.tag == *trigger) {
        return None;
    }
    let outer = common.len().checked_sub(2).filter(|at| *at >= around.len()).and_then(|at| common.get(at));
    Some(outer.map_or_else(|| format!("loop {trigger}"), |outer| format!("loop {outer}/{trigger}")))
}

/// The cell of a field of many documents: elements or, of records, the segments they stand in, whatever the set and loop.
pub fn of_many(sources: &BTreeMap<Source, u32>, is_record: bool) -> String {
    let names: BTreeSet<String> =
        sources.keys().map(|source| if is_record { source.tag.clone() } else { name(source) }).collect();
    let shown: Vec<String> = names.iter().take(2 * SEGMENTS).cloned().collect();
    let more = names.len() - shown.len();
    let shown = shown.join(", ");
    if more > 0 { format!("{shown}, and {more} more") } else { shown }
}

/// The elements of one segment: `PO102, PO103`, or a range. `within` is the loop, `N9/`.
fn elements(sources: &[&Source], within: &str) -> String {
    let mut names: Vec<(u16, Option<u16>, String)> =
        sources.iter().map(|s| (s.element, s.component, format!("{within}{}", name(s)))).collect();
    names.sort();
    names.dedup();
    match names.as_slice() {
        [first, .., last] if names.len() > FEW => format!("{} … {}", first.2, last.2),
        _ => names.into_iter().map(|(.., name)| name).collect::<Vec<_>>().join(", "),
    }
}

fn limited(mut list: Vec<String>) -> String {
    let more = list.len().saturating_sub(SEGMENTS);
    if more > 1 {
        list.truncate(SEGMENTS);
        list.push(format!("and {more} more"));
    }
    list.join(", ")
}
