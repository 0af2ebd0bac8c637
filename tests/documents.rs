//! What the documents say is true: every command they show is one the program knows, every file they point to is there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use clap::CommandFactory;
use portway::command::arguments::Portway;
use std::fs;
use std::path::{Path, PathBuf};

fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("README.md"), root.join("CHANGELOG.md")];
    found.extend(fs::read_dir(root.join("docs")).unwrap().flatten().map(|e| e.path()));
    found.retain(|p| p.extension().is_some_and(|e| e == "md"));
    found.into_iter().map(|p| (p.clone(), fs::read_to_string(&p).unwrap())).collect()
}

/// Commands in code: indented or fenced lines that begin with `portway `, and `portway …` between backticks.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("    ").filter(|l| l.starts_with("portway ")) {
            found.push(command.to_owned());
        }
        for (nth, piece) in line.split('`').enumerate() {
            if nth % 2 == 1 && piece.starts_with("portway ") {
                found.push(piece.to_owned());
            }
        }
    }
    found
}

/// The words of a command line, comment and quotes aside.
fn words(command: &str) -> Vec<String> {
    let command = command.split(" #").next().unwrap();
    let mut words = Vec::new();
    for (nth, piece) in command.split('"').enumerate() {
        if nth % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_in_the_documents_is_one_the_program_knows() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (path, text) in documents() {
        for command in commands(&text) {
            // `portway doc show|list`: the first stands for all; `portway doc` alone names a family of verbs.
            let words: Vec<String> =
                words(&command).iter().map(|w| w.split('|').next().unwrap().to_owned()).collect();
            seen += 1;
            let verb = Portway::command().find_subcommand(&words[1]).cloned();
            let family = verb.is_some_and(|v| {
                words.len() == 2 || words.len() == 3 && v.find_subcommand(&words[2]).is_some()
            });
            if !family && let Err(error) = Portway::command().try_get_matches_from(&words) {
                wrong.push(format!("{}: {command}\n{error}", path.display()));
            }
        }
    }
    assert!(seen > 5, "only {seen} commands found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut wrong = Vec::new();
    for (path, text) in documents() {
        for target in text.split("](").skip(1).filter_map(|t| t.split(')').next()) {
            let file = target.split('#').next().unwrap();
            if !file.is_empty() && !file.contains("://") && !path.parent().unwrap().join(file).exists() {
                wrong.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
