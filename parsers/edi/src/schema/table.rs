//! The table of one set: its segments and loops in order, compiled from its schema file for quick placing.
//!
//! ```text
//! set 850 PO Purchase order
//! header
//! M 1 BEG                  requirement, maximum use, segment
//! loop O 25 SAC            requirement, repeats, trigger; what stands in the loop is indented by two
//!   M 1 SAC
//!   O 1 CUR
//! loop C 10 SG1 RFF        EDIFACT: a segment group has its name before its trigger
//! ```

use super::Row;
use super::dictionary::{Dictionary, SchemaError, lines};

/// One line of the table.
#[derive(Debug)]
pub struct Child {
    /// The segment; of a loop its trigger.
    pub id: &'static str,
    /// Packed id, never 0.
    pub key: u32,
    pub mandatory: bool,
    /// `u32::MAX` for `>1`.
    pub max: u32,
    /// Index into the loops, when this is a loop.
    pub inner: Option<u16>,
    /// Index of the first mandatory child from this one on; `NONE` when there is none.
    pub next_mandatory: u16,
}

#[derive(Debug)]
pub struct LoopTable {
    /// The trigger, or the name of a segment group (`SG1`); the set's code for the root.
    pub id: &'static str,
    /// The trigger first.
    pub children: Vec<Child>,
    /// Their keys side by side, to be searched.
    pub keys: Vec<u32>,
    /// A bit for each segment that may stand here, by [`Entry::bit`]: most searches end with one look at it.
    pub holds: u128,
    pub parent: Option<u16>,
}

/// What a segment id is to the set.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    key: u32,
    /// Index into the dictionary's segments; `NONE` for ids that are only known.
    pub shape: u16,
    /// 0 when the set has no place for it.
    pub bit: u128,
}

pub const NONE: u16 = u16::MAX;
const SLOTS: usize = 1024;

#[derive(Debug)]
pub struct Table {
    pub code: &'static str,
    /// GS01 of the groups it travels in.
    pub functional_id: &'static str,
    pub title: &'static str,
    /// The root first.
    pub loops: Vec<LoopTable>,
    /// Open addressing, keyed by packed id; key 0 is empty.
    entries: Vec<Entry>,
}

/// Up to three bytes as a number; 0 for what no segment is called.
pub fn key(id: &[u8]) -> u32 {
    match *id {
        [a, b] => u32::from(a) << 8 | u32::from(b),
        [a, b, c] => u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c),
        _ => 0,
    }
}

fn slot(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 22) as usize % SLOTS
}

impl LoopTable {
    /// The children from `from` up to `to` among which there is a mandatory one; none of them otherwise.
    pub fn skipped(&self, from: usize, to: usize) -> &[Child] {
        match self.children.get(from) {
            Some(first) if usize::from(first.next_mandatory) < to => {
                self.children.get(from..to).unwrap_or(&[])
            }
            _ => &[],
        }
    }
}

impl Table {
    /// # Errors
    /// The first line that cannot be read, or names a segment that the dictionary does not have.
    pub fn compile(
        file: &'static str,
        text: &'static str,
        dictionary: &Dictionary,
    ) -> Result<Table, SchemaError> {
        let mut table =
            Table { code: "", functional_id: "", title: "", loops: Vec::new(), entries: Vec::new() };
        let mut open: Vec<u16> = Vec::new();
        for (line, text) in lines(text) {
            let fail = |message: &str| SchemaError { file, line, message: format!("{message}: {text}") };
            let words: Vec<&'static str> = text.split_whitespace().collect();
            let depth = text.len() - text.trim_start().len();
            match words[..] {
                ["set", code, functional_id, ..] => {
                    let title = text.splitn(4, ' ').nth(3).unwrap_or(code);
                    (table.code, table.functional_id, table.title) = (code, functional_id, title);
                    table.loops.push(LoopTable {
                        id: code,
                        children: Vec::new(),
                        keys: Vec::new(),
                        holds: 0,
                        parent: None,
                    });
                    open.push(0);
                }
                ["header" | "detail" | "summary"] => {}
                ["loop", requirement, max, ref names @ ..] if matches!(names.len(), 1 | 2) => {
                    let (name, id) = (names[0], names[names.len() - 1]);
                    let inner = Some(table.loops.len() as u16);
                    let parent = table
                        .add(&mut open, depth, requirement, max, id, inner)
                        .ok_or_else(|| fail("cannot be read"))?;
                    table.loops.push(LoopTable {
                        keys: Vec::new(),
                        id: name,
                        children: Vec::new(),
                        holds: 0,
                        parent: Some(parent),
                    });
                    open.push(table.loops.len() as u16 - 1);
                }
                [requirement, max, id] => {
                    table
                        .add(&mut open, depth, requirement, max, id, None)
                        .ok_or_else(|| fail("cannot be read"))?;
                    if dictionary.segment(id).is_none() {
                        return Err(fail("the dictionary has no such segment"));
                    }
                }
                _ => return Err(fail("cannot be read")),
            }
        }
        table.index(dictionary);
        match table.loops.iter().all(|l| l.children.first().is_some_and(|c| c.inner.is_none())) {
            true => Ok(table),
            false => Err(SchemaError {
                file,
                line: 0,
                message: "a loop does not begin with its trigger".to_string(),
            }),
        }
    }

    /// Adds a line at its indentation; the loop it went into.
    fn add(
        &mut self,
        open: &mut Vec<u16>,
        depth: usize,
        requirement: &str,
        max: &str,
        id: &'static str,
        inner: Option<u16>,
    ) -> Option<u16> {
        if !depth.is_multiple_of(2) || depth / 2 >= open.len() {
            return None;
        }
        open.truncate(depth / 2 + 1);
        let parent = *open.last()?;
        let max = match max {
            ">1" => u32::MAX,
            _ => max.parse().ok().filter(|&m| m > 0)?,
        };
        let mandatory = match requirement {
            "M" => true,
            "O" | "C" => false,
            _ => return None,
        };
        let key = Some(key(id.as_bytes())).filter(|&k| k != 0)?;
        self.loops[usize::from(parent)].children.push(Child {
            id,
            key,
            mandatory,
            max,
            inner,
            next_mandatory: NONE,
        });
        Some(parent)
    }

    /// Fills the entries, and tells each loop what it holds.
    fn index(&mut self, dictionary: &Dictionary) {
        for table in &mut self.loops {
            table.keys = table.children.iter().map(|c| c.key).collect();
            let mut next = NONE;
            for (at, child) in table.children.iter_mut().enumerate().rev() {
                if child.mandatory {
                    next = at as u16;
                }
                child.next_mandatory = next;
            }
        }
        self.entries = vec![Entry { key: 0, shape: NONE, bit: 0 }; SLOTS];
        let ids = dictionary.segments.iter().map(|s| s.id).chain(dictionary.known.iter().copied());
        let mut bits = 0;
        for (at, id) in ids.enumerate().take(SLOTS / 2) {
            let key = key(id.as_bytes());
            let used = self.loops.iter().any(|l| l.children.iter().any(|c| c.key == key));
            // Sets with more than 128 ids share bits: the mask then says "perhaps", which is all it is asked.
            let bit = if used { 1u128 << (bits % 128) } else { 0 };
            bits += u32::from(used);
            let shape = if at < dictionary.segments.len() { at as u16 } else { NONE };
            let mut slot = slot(key);
            while self.entries[slot].key != 0 {
                slot = (slot + 1) % SLOTS;
            }
            self.entries[slot] = Entry { key, shape, bit };
            for table in &mut self.loops {
                if table.children.iter().any(|c| c.key == key) {
                    table.holds |= bit;
                }
            }
        }
    }

    /// The rows of a loop and of those in it, in order.
    pub fn rows(&self, table: u16, depth: usize, out: &mut Vec<Row>) {
        for child in &self.loops[usize::from(table)].children {
            let max = Some(child.max).filter(|&max| max != u32::MAX);
            let (id, is_loop, mandatory) = (child.id, child.inner.is_some(), child.mandatory);
            out.push(Row { depth, id, is_loop, mandatory, max });
            if let Some(inner) = child.inner {
                self.rows(inner, depth + 1, out);
            }
        }
    }

    /// Segments of a loop and of those within: the mandatory ones, or all.
    pub fn walk(&self, at: u16, whole: bool, ids: &mut Vec<&'static str>) {
        for child in &self.loops[usize::from(at)].children {
            match child.inner {
                _ if !child.mandatory && !whole => {}
                Some(inner) => self.walk(inner, whole, ids),
                None => ids.push(child.id),
            }
        }
    }

    /// What the id is to this set; `None` when the version does not know it.
    pub fn entry(&self, key: u32) -> Option<Entry> {
        let mut at = slot(key);
        loop {
            let entry = self.entries[at];
            if entry.key == key {
                return (key != 0).then_some(entry);
            }
            if entry.key == 0 {
                return None;
            }
            at = (at + 1) % SLOTS;
        }
    }
}
