//! The `[files]` section of a partner's profile: archives that are opened, and names that say what lies in a file without an
//! envelope.
//!
//! Promises: the types are the file, key by key; without the section nothing is unpacked, and nothing is read without its
//! envelope. Fails with the place in the profile.

use super::document::steps;
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use super::shape::suggest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wildmatch::WildMatch;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// What is opened, told by its first bytes and never by its name: `zip`, `gzip`. Default nothing. Not for AS2, which has its
    /// own compression.
    pub unpack: Vec<Packing>,
    /// Entries of one archive.
    pub max_entries: usize,
    /// Bytes of all that is unpacked from one message. Default: the gateway's limit of a message.
    pub max_unpacked_bytes: Option<u64>,
    /// How many times its own size a message may grow to; below a MiB unpacked it does not matter.
    pub max_ratio: u64,
    /// What lies in files without an envelope (`[[files.name]]`), by their names; the first that fits counts.
    pub name: Vec<NameRule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Packing {
    Zip,
    Gzip,
}

/// Files of these names may be a set alone: ST to SE without an ISA, UNH to UNT without a UNB.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NameRule {
    /// Names, with `*` and `?`; of an entry of an archive its last part.
    pub pattern: String,
    /// The set that must be in it, `850` or `ORDERS`. Default any.
    pub document: Option<String>,
    /// GS08 that is missing, of X12. Default the version of `[x12]`.
    pub version: Option<String>,
    /// Whose it is, where that is not the partner of the connection: a partner that comes `via` it.
    pub partner: Option<String>,
}

impl Default for Files {
    fn default() -> Self {
        Files {
            unpack: Vec::new(),
            max_entries: 1000,
            max_unpacked_bytes: None,
            max_ratio: 200,
            name: Vec::new(),
        }
    }
}

impl Packing {
    /// As the profile has it.
    pub fn name(self) -> &'static str {
        match self {
            Packing::Zip => "zip",
            Packing::Gzip => "gzip",
        }
    }
}

impl NameRule {
    pub fn fits(&self, name: &str) -> bool {
        WildMatch::new(&self.pattern).matches(name)
    }
}

/// One profile's `[files]`. `ids`: all partners.
pub(super) fn check(profile: &PartnerProfile, ids: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    let files = &profile.partner.files;
    for (key, zero) in [
        ("max_entries", files.max_entries == 0),
        ("max_unpacked_bytes", files.max_unpacked_bytes == Some(0)),
        ("max_ratio", files.max_ratio == 0),
    ] {
        if zero {
            let problem = profile.problem(&steps!["files", key], "this cannot be zero");
            problems.push(problem.help("leave the key out for its default"));
        }
    }
    for (index, rule) in files.name.iter().enumerate() {
        if rule.pattern.is_empty() {
            let at = steps!["files", "name", index, "pattern"];
            let problem = profile.problem(&at, "no name fits an empty pattern");
            problems.push(problem.help("write names with `*` and `?`, as in \"850_*.txt\""));
        }
        if let Some(other) = &rule.partner
            && !ids.contains(other)
        {
            let at = steps!["files", "name", index, "partner"];
            let help = suggest(other, ids.iter().map(String::as_str), "partners").unwrap_or_default();
            problems.push(profile.problem(&at, format!("there is no partner `{other}`")).help(help));
        }
        let x12 = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
        let edifact = |code: &str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_uppercase());
        match &rule.document {
            Some(code) if !x12(code) && !edifact(code) => {
                let at = steps!["files", "name", index, "document"];
                let problem = profile.problem(&at, format!("`{code}` is not a set's code"));
                problems.push(problem.help("write its code, as in document = \"850\" or \"ORDERS\""));
            }
            Some(code) if edifact(code) && rule.version.is_some() => {
                let at = steps!["files", "name", index, "version"];
                let problem = profile.problem(&at, "the UNH of an EDIFACT message names its version itself");
                problems
                    .push(problem.help("leave `version` out: it stands in for the GS08 that X12 lacks here"));
            }
            _ => {}
        }
        if let Some(version) = &rule.version
            && (!(1..=12).contains(&version.len()) || !version.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            let at = steps!["files", "name", index, "version"];
            let problem = profile.problem(&at, format!("`{version}` is not a version"));
            problems.push(problem.help("write GS08, up to 12 letters and digits, as in \"004010\""));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{Folder, assert_problem};
    use super::super::*;
    use super::*;

    const GATEWAY: &str = "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n";

    fn folder(files: &str) -> Folder {
        let acme = format!(
            "id = \"acme\"\nname = \"Acme\"\nstatus = \"draft\"\n[x12]\nid = \"ZZ:ACME\"\n[files]\n{files}\n"
        );
        Folder::new(GATEWAY, &[("acme", &acme)])
    }

    #[test]
    fn nothing_is_opened_by_default_and_names_are_patterns() {
        let none = Configuration::load(folder("").path()).unwrap();
        let files = &none.partner("acme").unwrap().partner.files;
        assert!(files.unpack.is_empty() && files.name.is_empty());
        assert_eq!((files.max_entries, files.max_unpacked_bytes, files.max_ratio), (1000, None, 200));
        let toml =
            "unpack = [\"zip\", \"gzip\"]\n[[files.name]]\npattern = \"850_*.tx?\"\ndocument = \"850\"";
        let some = Configuration::load(folder(toml).path()).unwrap();
        let files = &some.partner("acme").unwrap().partner.files;
        assert_eq!(files.unpack, [Packing::Zip, Packing::Gzip]);
        let rule = &files.name[0];
        assert!(rule.fits("850_1.txt") && !rule.fits("a850_1.txt") && !rule.fits("850_1.TXT"));
    }

    #[test]
    fn what_can_never_work_is_told_at_its_key() {
        for (toml, at, message, help) in [
            ("unpack = [\"rar\"]", "7:11:", "rar", "zip"),
            ("max_ratio = 0", "7:13:", "this cannot be zero", "leave the key out"),
            ("[[files.name]]\npattern = \"\"", "8:11:", "no name fits", "850_*.txt"),
            ("[[files.name]]\npattern = \"*\"\npartner = \"acne\"", "9:11:", "no partner `acne`", "acme"),
            ("[[files.name]]\npattern = \"*\"\ndocument = \"PO\"", "9:12:", "not a set's code", "850"),
            ("[[files.name]]\npattern = \"*\"\nversion = \"4 010\"", "9:11:", "not a version", "GS08"),
            (
                "[[files.name]]\npattern = \"*\"\nversion = \"D96A\"\ndocument = \"ORDERS\"",
                "9:11:",
                "names its version itself",
                "leave `version` out",
            ),
        ] {
            let problems = folder(toml).problems();
            assert_problem(&problems, &format!("partners.d/acme.toml:{at}"), message, help);
        }
    }
}
