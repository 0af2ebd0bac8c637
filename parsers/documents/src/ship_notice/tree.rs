//! The tree that levels span which only name each other: HL01 and HL02, CPS01 and CPS02.
//!
//! Levels may come in any order. Of several levels with one id the one that came last before the level that names it is meant,
//! else the next one. A level whose parent cannot be found, or that belongs to itself by way of others, stands at the top, and
//! keeps the name it gave. No level is lost.
//!
//! Never fails. Trees deeper than [`DEEPEST`] are made flat there, so that no document of a stranger exhausts the stack.

use super::Level;
use crate::Text;
use std::collections::HashMap;

/// How deep levels may lie in each other. Real notices have five or six.
const DEEPEST: usize = 24;

/// Puts levels that came one after the other into each other. `parents`: the id that each level names, empty at the top.
pub(super) fn nest(mut levels: Vec<Level>, parents: &[Text]) -> Vec<Level> {
    let parent_of = open_circles(found(&levels, parents));
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); levels.len()];
    let mut tops = Vec::new();
    let mut places: Vec<Option<Place>> = vec![None; levels.len()];
    for at in 0..levels.len() {
        let parent = reachable(at, &parent_of, &mut places);
        if parent != parent_of[at] || parent.is_none() {
            levels[at].parent_level_id = Some(parents[at].clone()).filter(|id| !id.is_empty());
        }
        match parent {
            Some(parent) => children[parent].push(at),
            None => tops.push(at),
        }
    }
    let mut levels: Vec<Option<Level>> = levels.into_iter().map(Some).collect();
    tops.iter().filter_map(|&at| taken(at, &mut levels, &children)).collect()
}

fn taken(at: usize, levels: &mut [Option<Level>], children: &[Vec<usize>]) -> Option<Level> {
    let mut level = levels[at].take()?;
    level.contents = children[at].iter().filter_map(|&child| taken(child, levels, children)).collect();
    Some(level)
}

/// The level that each level names.
fn found(levels: &[Level], parents: &[Text]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, level) in levels.iter().enumerate() {
        if let Some(id) = &level.level_id {
            by_id.entry(id).or_default().push(at);
        }
    }
    let of = |(at, id): (usize, &Text)| {
        let named = by_id.get(id.as_str())?;
        let before = named.partition_point(|&other| other < at);
        let last_before = before.checked_sub(1).map(|index| named[index]);
        last_before.or_else(|| named[before..].iter().copied().find(|&other| other != at))
    };
    parents.iter().enumerate().map(of).collect()
}

/// Without the links that close a circle.
fn open_circles(mut parent_of: Vec<Option<usize>>) -> Vec<Option<usize>> {
    // 0: not seen, 1: on the way, 2: leads to the top.
    let mut states = vec![0_u8; parent_of.len()];
    for start in 0..parent_of.len() {
        let mut way = Vec::new();
        let mut at = start;
        while states[at] == 0 {
            states[at] = 1;
            way.push(at);
            match parent_of[at] {
                Some(parent) if states[parent] == 1 => parent_of[at] = None,
                Some(parent) => at = parent,
                None => {}
            }
        }
        way.into_iter().for_each(|at| states[at] = 2);
    }
    parent_of
}

/// Where a level lies in the tree: its depth, and the deepest level from itself upwards that may have contents.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    holder: usize,
}

/// The parent of a level, or the ancestor that lies as deep as a parent may; notes the places of all on the way.
fn reachable(at: usize, parent_of: &[Option<usize>], places: &mut [Option<Place>]) -> Option<usize> {
    let mut way = vec![at];
    let mut above = parent_of[at];
    while let Some(level) = above.filter(|&level| places[level].is_none()) {
        way.push(level);
        above = parent_of[level];
    }
    let mut upper = above.and_then(|level| places[level]);
    for level in way.into_iter().rev() {
        let place = match upper {
            Some(upper) if upper.depth + 1 >= DEEPEST => {
                Place { depth: upper.depth + 1, holder: upper.holder }
            }
            Some(upper) => Place { depth: upper.depth + 1, holder: level },
            None => Place { depth: 0, holder: level },
        };
        places[level] = Some(place);
        upper = Some(place);
    }
    parent_of[at].and_then(|parent| places[parent]).map(|place| place.holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels as `id/parent`, the tree as `a(b c(d))`.
    fn tree(levels: &[(&str, &str)]) -> String {
        fn show(levels: &[Level]) -> String {
            let one = |level: &Level| {
                let id = level.level_id.as_deref().unwrap_or("-");
                let named = level.parent_level_id.as_ref().map(|p| format!("^{p}")).unwrap_or_default();
                match level.contents.as_slice() {
                    [] => format!("{id}{named}"),
                    contents => format!("{id}{named}({})", show(contents)),
                }
            };
            levels.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        let text = |s: &str| Some(Text::new(s)).filter(|s| !s.is_empty());
        let parents: Vec<Text> = levels.iter().map(|(_, parent)| Text::new(parent)).collect();
        let levels = levels.iter().map(|(id, _)| Level { level_id: text(id), ..Level::default() }).collect();
        show(&nest(levels, &parents))
    }

    #[test]
    fn levels_in_order_and_in_any_order() {
        assert_eq!(tree(&[("1", ""), ("2", "1"), ("3", "2"), ("4", "1")]), "1(2(3) 4)");
        assert_eq!(tree(&[("4", "1"), ("3", "2"), ("1", ""), ("2", "1")]), "1(4 2(3))");
    }

    #[test]
    fn nothing_is_lost_of_what_does_not_fit() {
        assert_eq!(tree(&[("1", ""), ("2", "9"), ("", "1"), ("3", "3")]), "1(-) 2^9 3^3");
        // An id given twice: the one before counts.
        assert_eq!(tree(&[("1", ""), ("2", "1"), ("3", "2"), ("2", "1"), ("4", "2")]), "1(2(3) 2(4))");
        assert_eq!(tree(&[("1", "3"), ("2", "1"), ("3", "2")]), "2^1(3(1))");
    }

    #[test]
    fn a_chain_without_end_is_made_flat() {
        let ids: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
        let parents: Vec<Text> = ids
            .iter()
            .enumerate()
            .map(|(n, _)| if n == 0 { Text::default() } else { Text::new(&ids[n - 1]) })
            .collect();
        let level = |id: &String| Level { level_id: Some(Text::new(id)), ..Level::default() };
        let tops = nest(ids.iter().map(level).collect(), &parents);
        fn count(levels: &[Level], depth: usize) -> (usize, usize) {
            levels.iter().fold((0, depth), |(sum, deepest), level| {
                let (inner, at) = count(&level.contents, depth + 1);
                (sum + 1 + inner, deepest.max(at))
            })
        }
        let (levels, deepest) = count(&tops, 0);
        assert_eq!(levels, 100_000);
        assert!(deepest <= DEEPEST + 2, "{deepest}");
    }
}
