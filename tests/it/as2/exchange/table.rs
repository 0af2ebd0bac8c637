//! The table of docs/as2.md: written from what happened, and held against what happened.

use super::Cell;
use super::rows::Row;
use std::fmt::Write;
use std::path::PathBuf;

const START: &str = "<!-- Generated: UPDATE_DOCS=1 on the test as2::exchange -->\n";
const END: &str = "<!-- Generated up to here -->\n";
const HEAD: &str = "| | pyas2lib to Portway | Portway to pyas2lib | libas2 to Portway | Portway to libas2 \
                    | openssl to Portway | Portway to openssl |\n|---|---|---|---|---|---|---|\n";

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/as2.md")
}

/// Cells of one row, in the table's order.
pub type Cells = Vec<Cell>;

pub fn text(rows: &[Row], cells: &[Cells]) -> String {
    let mut notes: Vec<&str> = Vec::new();
    let mut note = |why: &'static str| {
        let at = notes.iter().position(|known| *known == why).unwrap_or_else(|| {
            notes.push(why);
            notes.len() - 1
        });
        at + 1
    };
    let (mut text, mut section) = (HEAD.to_owned(), "");
    for (row, cells) in rows.iter().zip(cells) {
        if row.section != section {
            section = row.section;
            writeln!(text, "| **{section}** | | | | | | |").unwrap();
        }
        write!(text, "| {} |", row.name).unwrap();
        for cell in cells {
            match cell {
                Cell::Done(verdict) => write!(text, " {verdict} |"),
                Cell::Refused(why) => write!(text, " no [{}] |", note(why)),
                Cell::Not(why) => write!(text, " – [{}] |", note(why)),
                Cell::Failed(why) => write!(text, " FAILED {why} |"),
            }
            .unwrap();
        }
        text.push('\n');
    }
    text.push('\n');
    for (nth, why) in (1..).zip(&notes) {
        writeln!(text, "- [{nth}] {why}").unwrap();
    }
    text
}

/// Writes it with `UPDATE_DOCS=1`; else it must stand there, to the letter.
pub fn check(table: &str) {
    let page = page();
    let is = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = is.split_once(START).expect("docs/as2.md has a place for the table");
    let (old, after) = rest.split_once(END).expect("the table of docs/as2.md has an end");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, format!("{before}{START}{table}{END}{after}")).unwrap();
        return;
    }
    let difference = old.lines().zip(table.lines()).find(|(old, new)| old != new);
    assert!(
        old == table,
        "docs/as2.md says otherwise than what happened; run this test with UPDATE_DOCS=1 and read the diff. First: {difference:#?}"
    );
}
