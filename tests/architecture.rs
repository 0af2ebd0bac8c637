//! Keeps the house in order: imports only point down, files stay readable, and what was banned stays out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Top to bottom. Modules of one floor are siblings and do not import each other.
const FLOORS: &[&[&str]] = &[
    &["command"],
    &["api", "watch"],
    &["pipeline"],
    &["transport", "endpoint", "alert"],
    &["net"],
    &["ledger"],
    &["profile"],
    &["clock", "fault", "tally"],
];
const LONGEST_FILE: usize = 700;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of the project, with its text.
fn rust_files() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                walk(&path, found);
            } else if name.ends_with(".rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["src", "parsers", "tests", "benches"] {
        walk(&root().join(folder), &mut found);
    }
    assert!(found.len() > 50, "the walk found only {} files", found.len());
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top-level modules that a text names as `crate::<module>`, tests inside the file aside.
fn imports(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for line in lines {
        for rest in line.split("crate::").skip(1) {
            let module: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if let Some(rest) = rest.strip_prefix('{') {
                found.extend(
                    rest.split([',', '}'])
                        .map(|m| m.trim().split("::").next().unwrap_or_default().to_owned()),
                );
            } else {
                found.push(module);
            }
        }
    }
    found.retain(|m| !m.is_empty());
    found
}

#[test]
fn imports_only_point_down() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files() {
        let shown = shown(&path);
        let Some(inside) = shown.strip_prefix("src/") else { continue };
        let module = inside.split(['/', '.']).next().unwrap();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let Some(own) = floor(module) else {
            wrong.push(format!("{shown}: the module {module} stands on no floor"));
            continue;
        };
        for used in imports(&text) {
            match floor(&used) {
                _ if used == module => {}
                Some(other) if other > own => {}
                Some(_) => wrong.push(format!("{shown} imports {used}, which is not below {module}")),
                None => wrong.push(format!("{shown} imports {used}, which stands on no floor")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_parsers_know_no_runtime_no_database_and_no_clock() {
    for parser in ["edi", "documents", "as2", "idoc", "flat"] {
        let manifest = fs::read_to_string(root().join(format!("parsers/{parser}/Cargo.toml"))).unwrap();
        for banned in ["tokio", "sqlx", "reqwest", "axum", "tracing"] {
            assert!(!manifest.contains(banned), "parsers/{parser} depends on {banned}");
        }
    }
    for (path, text) in rust_files() {
        let shown = shown(&path);
        let is_test = shown.contains("/tests/") || shown.ends_with("/tests.rs");
        if shown.starts_with("parsers/") && shown.contains("/src/") && !is_test {
            let code = text.split("#[cfg(test)]").next().unwrap();
            for banned in
                ["std::fs", "std::net", "SystemTime::now", "Timestamp::now", "Zoned::now", "Instant::now"]
            {
                assert!(!code.contains(banned), "{shown} uses {banned}");
            }
        }
    }
}

#[test]
fn only_the_ledger_speaks_sql() {
    for (path, text) in rust_files() {
        let shown = shown(&path);
        if shown.starts_with("src/") && !shown.starts_with("src/ledger/") {
            assert!(!text.contains("sqlx::"), "{shown} uses sqlx: SQL stands in src/ledger alone");
        }
    }
}

#[test]
fn files_open_with_what_they_are_and_stay_readable() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files() {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{} has {lines} lines; split it by what changes together", shown(&path)));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not open with what it is", shown(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_banned_stays_out() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files() {
        let shown = shown(&path);
        if shown == "tests/architecture.rs" {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if ["common", "core", "utils", "util", "helpers", "helper", "prelude", "misc"]
            .contains(&name.as_str())
        {
            wrong.push(format!("{shown}: a name that says nothing"));
        }
        for (banned, why) in [
            ("todo!(", "an open promise"),
            ("unimplemented!(", "an open promise"),
            ("#[ignore", "a test that does not run"),
            ("unsafe {", "unsafe stands in the delimiter index alone"),
        ] {
            let exempt = banned == "unsafe {" && shown == "parsers/edi/src/index.rs";
            if text.contains(banned) && !exempt {
                wrong.push(format!("{shown}: {banned} ({why})"));
            }
        }
        if shown.starts_with("tests/") && text.contains("sleep(") {
            wrong.push(format!("{shown}: a test sleeps; wait for a signal instead"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
