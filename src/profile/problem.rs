//! A fault in the configuration, with its place.
//!
//! Promises: every problem names file, line and column, says what is wrong and, in `help`, what to write instead.
//! [`render`] shows them as rustc does; [`Problem::to_json`] is one object for a line of `--json`
//! (`{file, line, column, severity, message, help}`). A line that may hold a secret is never shown.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is not used as it stands.
    Error,
    /// The file is used, but probably does not do what is meant.
    Warning,
}

#[derive(Debug, Clone)]
pub struct Problem {
    pub severity: Severity,
    pub file: PathBuf,
    /// From 1; in characters.
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub help: Option<String>,
    /// The partner whose profile this concerns; `None` for `gateway.toml`.
    pub partner: Option<String>,
    /// What is shown and underlined; absent where there is no text, or where it may hold a secret.
    excerpt: Option<(Arc<str>, Range<usize>)>,
}

impl Problem {
    /// A problem at bytes `span` of `text`.
    pub(super) fn at(
        file: &Path,
        text: &Arc<str>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Problem {
        let (line, column) = place(text, span.start);
        Problem { line, column, excerpt: Some((text.clone(), span)), ..Problem::of_file(file, message) }
    }

    /// A problem with a file as a whole, such as one that cannot be read.
    pub(super) fn of_file(file: &Path, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: message.into(),
            help: None,
            partner: None,
            excerpt: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn warning(mut self) -> Problem {
        self.severity = Severity::Warning;
        self
    }

    /// Keeps the line itself off the screen.
    pub(super) fn concealed(mut self) -> Problem {
        self.excerpt = None;
        self
    }

    pub(super) fn of_partner(mut self, id: &str) -> Problem {
        self.partner.get_or_insert_with(|| id.to_owned());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "file": self.file.display().to_string(),
            "line": self.line,
            "column": self.column,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
        })
    }
}

/// `partners.d/acme.toml:12:2: unknown key …; help: …`, for logs.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "; help: {help}"))
    }
}

impl std::error::Error for Problem {}

/// All problems as rustc shows them, an empty line between two, no line end after the last. `coloured` adds ANSI colours.
pub fn render(problems: &[Problem], coloured: bool) -> String {
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for problem in problems {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&renderer.render(&[group(problem)]));
    }
    out
}

fn group(problem: &Problem) -> Group<'_> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let path = problem.file.display().to_string();
    let title = level.primary_title(problem.message.as_str());
    let group = match &problem.excerpt {
        Some((text, span)) => title.element(
            Snippet::source(&**text).path(path).annotation(AnnotationKind::Primary.span(span.clone())),
        ),
        None => title.element(Origin::path(path).line(problem.line).char_column(problem.column)),
    };
    match &problem.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// Line and column, from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
