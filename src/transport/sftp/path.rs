//! The one place that reads a path from outside: four folders, and names inside three of them.
//!
//! Promises: whatever comes, the result is a [`Node`] of the virtual tree or nothing. `..` never leads above `/`; nothing here
//! ever becomes a path of our own. A name is one part of at most 180 bytes without control characters and backslashes.

/// The longest name, in bytes: written in base64 it still fits a file name of ours.
pub const LONGEST_NAME: usize = 180;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    In,
    Out,
    Failed,
}

impl Folder {
    pub const ALL: [Folder; 3] = [Folder::In, Folder::Out, Folder::Failed];

    pub fn name(self) -> &'static str {
        match self {
            Folder::In => "in",
            Folder::Out => "out",
            Folder::Failed => "failed",
        }
    }
}

/// A place in the virtual tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Root,
    Folder(Folder),
    File(Folder, String),
}

/// Reads a path; relative ones start at `/`. `None`: there is no such place, and there cannot be.
pub fn node(path: &str) -> Option<Node> {
    let parts = parts(path);
    let (folder, rest) = match parts.as_slice() {
        [] => return Some(Node::Root),
        [folder, rest @ ..] => (Folder::ALL.into_iter().find(|known| known.name() == *folder)?, rest),
    };
    match rest {
        [] => Some(Node::Folder(folder)),
        [name] if is_name(name) => Some(Node::File(folder, (*name).to_owned())),
        _ => None,
    }
}

/// The canonical form of a path, whether or not there is anything (REALPATH, section 6.11 of the draft).
pub fn canonical(path: &str) -> String {
    format!("/{}", parts(path).join("/"))
}

fn parts(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME && !name.chars().any(|c| c == '\\' || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_ends_in_the_tree_or_nowhere() {
        let file = |folder, name: &str| Some(Node::File(folder, name.to_owned()));
        for (path, expected) in [
            ("", Some(Node::Root)),
            (".", Some(Node::Root)),
            ("/", Some(Node::Root)),
            ("../../..", Some(Node::Root)),
            ("in", Some(Node::Folder(Folder::In))),
            ("/in/", Some(Node::Folder(Folder::In))),
            ("/in/../out", Some(Node::Folder(Folder::Out))),
            ("/in/po.edi", file(Folder::In, "po.edi")),
            ("in//./po.edi", file(Folder::In, "po.edi")),
            ("/out/../../in/../../in/po.edi", file(Folder::In, "po.edi")),
            ("/failed/x.report.txt", file(Folder::Failed, "x.report.txt")),
            ("/in/..", Some(Node::Root)),
            ("/etc/passwd", None),
            ("../../etc/passwd", None),
            ("/in/../../etc/passwd", None),
            ("/in/a/b", None),
            ("/po.edi", None),
            ("/in/a\\b", None),
            ("/in/a\0b", None),
            ("/in/a\nb", None),
        ] {
            assert_eq!(node(path), expected, "{path:?}");
        }
        assert_eq!(node(&format!("/in/{}", "x".repeat(LONGEST_NAME + 1))), None);
        assert_eq!(canonical("/in/../../etc/./x"), "/etc/x");
        assert_eq!(canonical("."), "/");
    }
}
