//! Files that one of our systems hands over, and IDocs that it takes: `[endpoint.<name>.source]`, `[endpoint.<name>.idoc]`.
//!
//! The types are the keys; the checks beside them say what does not go together. Reads the file of a column map, and nothing else.

use super::document::{Document, steps};
use super::duration::Span;
use super::gateway::{Endpoint, Gateway};
use super::partner_profile::is_plain_name;
use super::problem::Problem;
use super::sftp_client::{After, Poll};
use super::shape::suggest;
use portway_documents::DocumentKind;
use portway_edi::Standard;
use portway_flat::{ColumnMap, Map};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// In the pattern of a source: the partner's id, and the kind of document.
pub const PARTNER: &str = "{partner}";
pub const DOCUMENT: &str = "{document}";
/// In it too: the set that a document becomes.
pub const SET: &str = "{set}";
/// As `party`: whichever party is a partner.
pub const ANY_PARTY: &str = "any";

/// Documents that the system hands over as files.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Where the system puts its files: on the gateway's host, or of an endpoint of kind `sftp` on its server.
    pub folder: PathBuf,
    /// What they are.
    pub format: Format,
    /// Files of JSON: the kind of document, `invoice`; absent: the pattern has `{document}`.
    pub document: Option<String>,
    /// The partner that all are for, by id; absent: the pattern has `{partner}`, or the content says it: `party`, `partner` of the map,
    /// RCVPRN of an IDoc.
    pub partner: Option<String>,
    /// Whom a document is for, by the numbers of its party in this role, `seller`; `any`: of whichever party is a partner.
    pub party: Option<String>,
    /// The set that all become, `855`, where a partner is sent the document as more than one; absent: the pattern may have `{set}`.
    pub set: Option<String>,
    /// Names that are taken; default every file that is not temporary. `{partner}`, `{document}` and `{set}` stand for an id, a kind, a code.
    #[serde(default = "any")]
    pub pattern: String,
    /// A file is complete when neither size nor time changed for this long; default `2s`, on a server `30s`.
    pub settle: Option<Span>,
    /// On a server: from one look to the next; default `1m`.
    pub every: Option<Span>,
    /// Where taken files go; absent: they are removed once committed. On a server the folder has to exist.
    pub taken: Option<PathBuf>,
    /// Where files go with a document that was refused, each with a report. On a server the folder has to exist.
    pub failed: PathBuf,
    /// Every value that the partner's set does not carry is an error.
    #[serde(default)]
    pub strict: bool,
    /// Files of CSV: what their columns are.
    pub map: Option<ColumnMap>,
    /// The same in a file of its own (TOML), relative to the configuration folder.
    pub map_file: Option<PathBuf>,
}

/// What the files of a source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A canonical document a file, or one a line.
    Json,
    /// Delimited, by a column map.
    Csv,
    /// SAP IDoc XML.
    Idoc,
}

/// What is delivered to an endpoint of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// The event, CloudEvents JSON.
    #[default]
    Json,
    /// The event's document as SAP IDoc XML; what becomes of our own documents stays CloudEvents JSON.
    Idoc,
}

/// The control record of IDocs that are written for the system, and whose number is whose.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdocSettings {
    /// MANDT.
    pub client: String,
    /// SNDPOR.
    pub sender_port: String,
    /// SNDPRT: `KU`, `LI`, `LS`.
    pub sender_partner_type: String,
    /// SNDPRN where `partners` has no number for the partner.
    pub sender_partner: String,
    /// RCVPOR.
    pub receiver_port: String,
    /// RCVPRT.
    pub receiver_partner_type: String,
    /// RCVPRN: the SAP system itself.
    pub receiver_partner: String,
    /// An element a line, for people.
    pub indented: bool,
    /// The numbers that the SAP system has for partners, and their ids: RCVPRN of what it hands over, SNDPRN of what it gets.
    pub partners: BTreeMap<String, String>,
}

impl IdocSettings {
    /// Who has this number; leading zeros do not count.
    pub fn partner_of(&self, number: &str) -> Option<&str> {
        self.partners.iter().find(|(known, _)| bare(known) == bare(number)).map(|(_, id)| id.as_str())
    }

    /// The number of this partner.
    pub fn number_of(&self, partner: &str) -> &str {
        let known = self.partners.iter().find(|(_, id)| *id == partner);
        known.map_or(self.sender_partner.as_str(), |(number, _)| number.as_str())
    }
}

impl Source {
    /// The column map, from where it stands, and checked; `base` is the configuration folder.
    ///
    /// # Errors
    /// The file cannot be read, or the map cannot be: a sentence that says which.
    pub fn column_map(&self, base: &Path) -> Result<(ColumnMap, Map), String> {
        let map = match (&self.map, &self.map_file) {
            (Some(map), _) => map.clone(),
            (None, Some(file)) => {
                let file = base.join(file);
                let shown = file.display();
                let text = std::fs::read_to_string(&file).map_err(|e| format!("cannot read {shown}: {e}"))?;
                toml::from_str(&text).map_err(|e| format!("{shown} is no column map: {e}"))?
            }
            (None, None) => return Err("there is no column map: write map or map_file".to_owned()),
        };
        let checked = Map::new(map.clone()).map_err(|e| e.to_string())?;
        Ok((map, checked))
    }

    /// How long a file in a folder of ours has to stand still.
    pub fn settled(&self) -> Span {
        self.settle.unwrap_or(Span::seconds(2))
    }

    /// How it is looked for on a server.
    pub fn poll(&self) -> Poll {
        let path = |path: &Path| path.display().to_string();
        Poll {
            folders: vec![path(&self.folder)],
            subfolders: false,
            pattern: self.wildcards(),
            temporary: super::sftp::temporary(),
            every: self.every.unwrap_or(Span::seconds(60)),
            settle: self.settle.unwrap_or(Span::seconds(30)),
            after: if self.taken.is_some() { After::Move } else { After::Delete },
            moved: self.taken.as_deref().map(path),
            max_file_bytes: None,
        }
    }

    /// The pattern of names with `*` for what stands in them.
    pub fn wildcards(&self) -> String {
        self.pattern.replace(PARTNER, "*").replace(DOCUMENT, "*").replace(SET, "*")
    }
}

/// Codes of all sets that a document of ours can become.
pub fn set_codes() -> impl Iterator<Item = &'static str> {
    let standards = [Standard::X12, Standard::Edifact];
    DocumentKind::ALL
        .iter()
        .flat_map(move |kind| standards.into_iter().flat_map(|standard| kind.sets(standard)))
}

/// A number as it is compared: leading zeros do not count.
pub(super) fn bare(text: &str) -> &str {
    text.trim().trim_start_matches('0')
}

fn any() -> String {
    "*".to_owned()
}

/// Sources and IDoc settings of all endpoints.
pub(super) fn check(document: &Document, gateway: &Gateway, dir: &Path, problems: &mut Vec<Problem>) {
    let mut folders: BTreeMap<(String, PathBuf), &str> = BTreeMap::new();
    for (name, endpoint) in &gateway.endpoint {
        // Of a directory its own path, from the configuration folder; of a server where it is, and its path there.
        let (format, delivered, host, base) = match endpoint {
            Endpoint::Directory(directory) => (directory.format, directory.path.clone(), String::new(), dir),
            Endpoint::Sftp(sftp) => {
                let host = format!("{}:{}", sftp.host, sftp.port);
                (sftp.format, PathBuf::from(&sftp.path), host, Path::new(""))
            }
            Endpoint::Http(_) | Endpoint::Events(_) => continue,
        };
        idoc(document, name, format, endpoint.idoc(), problems);
        let Some(source) = endpoint.source() else { continue };
        let of = Of { document, name, source, dir, base };
        of.format(problems);
        of.partner(endpoint, problems);
        of.folders(&delivered, problems);
        of.server(endpoint, problems);
        if let Some(other) = folders.insert((host, base.join(&source.folder)), name) {
            let message = format!("endpoint {other} has this folder as its source too");
            problems.push(of.problem("folder", message, "give each source a folder of its own"));
        }
    }
}

/// A source, and where it stands.
struct Of<'a> {
    document: &'a Document,
    name: &'a str,
    source: &'a Source,
    dir: &'a Path,
    /// What relative folders begin at.
    base: &'a Path,
}

impl Of<'_> {
    fn problem(&self, key: &str, message: impl Into<String>, help: &str) -> Problem {
        self.document.problem(&steps!["endpoint", self.name, "source", key], message).help(help)
    }

    /// What tells the kind of document.
    fn format(&self, problems: &mut Vec<Problem>) {
        let source = self.source;
        let in_name = source.pattern.contains(DOCUMENT);
        if let Some(kind) = source.document.as_deref().filter(|kind| DocumentKind::from_name(kind).is_none())
        {
            let known =
                suggest(kind, DocumentKind::ALL.iter().map(|k| k.name()), "possible").unwrap_or_default();
            problems.push(self.problem("document", format!("`{kind}` is no kind of document"), &known));
        }
        match source.format {
            Format::Json if source.document.is_some() == in_name => {
                let help = "write document = \"invoice\", or pattern = \"{document}_*.json\"; one of both";
                problems.push(self.problem(
                    "document",
                    "what kind of document a file holds is said not at all, or twice",
                    help,
                ));
            }
            Format::Csv | Format::Idoc if source.document.is_some() || in_name => {
                let help = "leave it out: the column map, or the IDoc, says what it is";
                problems.push(self.problem("document", "only files of JSON need the kind of document", help));
            }
            _ => {}
        }
        let maps = usize::from(source.map.is_some()) + usize::from(source.map_file.is_some());
        match source.format {
            Format::Csv if maps != 1 => {
                let help = "write [endpoint.<name>.source.map], or map_file = \"orders.toml\"; one of both";
                problems.push(self.problem("map", "what the columns are is said not at all, or twice", help));
            }
            Format::Csv => {
                if let Err(why) = source.column_map(self.dir) {
                    let key = if source.map.is_some() { "map" } else { "map_file" };
                    problems.push(self.problem(key, why, "docs/idoc.md shows a column map"));
                }
            }
            Format::Json | Format::Idoc if maps > 0 => {
                let key = if source.map.is_some() { "map" } else { "map_file" };
                problems.push(self.problem(key, "only format = \"csv\" has a column map", "leave it out"));
            }
            Format::Json | Format::Idoc => {}
        }
    }

    /// What tells the partner.
    fn partner(&self, endpoint: &Endpoint, problems: &mut Vec<Problem>) {
        let source = self.source;
        let by_number = match source.format {
            Format::Idoc => endpoint.idoc().is_some_and(|idoc| !idoc.partners.is_empty()),
            Format::Csv => source.column_map(self.dir).is_ok_and(|(map, _)| map.partner.is_some()),
            Format::Json => false,
        };
        let in_name = source.pattern.contains(PARTNER);
        let ways = [source.partner.is_some(), in_name, source.party.is_some(), by_number];
        let ways = ways.iter().filter(|way| **way).count();
        // An IDoc says it by itself: RCVPRN may be in the partners' own profiles.
        if ways > 1 || (ways == 0 && source.format != Format::Idoc) {
            let help = match source.format {
                Format::Csv => {
                    "write partner = \"acme\", pattern = \"{partner}_*\", party = \"seller\", or in the map partner = \"Customer\"; one of them"
                }
                _ => {
                    "write partner = \"acme\", pattern = \"{partner}_*\", or party = \"seller\"; one of them. An IDoc says it by RCVPRN where there is none"
                }
            };
            let message = "whom a document is for is said not at all, or twice";
            problems.push(self.problem("partner", message, help));
        }
        if let Some(id) = source.partner.as_deref().filter(|id| !is_plain_name(id)) {
            problems.push(self.problem(
                "partner",
                format!("`{id}` is not a partner's id"),
                "name a file of partners.d, without .toml",
            ));
        }
        let roles = portway_documents::words_of("party_role").unwrap_or_default();
        let unknown = |role: &&str| *role != ANY_PARTY && !roles.iter().any(|known| known == role);
        if let Some(role) = source.party.as_deref().filter(unknown) {
            let words = roles.iter().map(String::as_str).chain([ANY_PARTY]);
            let help = suggest(role, words, "possible").unwrap_or_default();
            problems.push(self.problem("party", format!("`{role}` is no role of a party"), &help));
        }
        self.set(problems);
    }

    /// What tells the set.
    fn set(&self, problems: &mut Vec<Problem>) {
        let source = self.source;
        if source.set.is_some() && source.pattern.contains(SET) {
            let message = "which set a document becomes is said twice";
            problems.push(self.problem(
                "set",
                message,
                "write set = \"855\", or pattern = \"{set}_*\"; one of both",
            ));
        }
        if let Some(set) = source.set.as_deref().filter(|set| !set_codes().any(|known| known == *set)) {
            let message = format!("no document becomes a set `{set}`");
            problems.push(self.problem("set", message, "write its code, \"855\" or \"ORDRSP\""));
        }
    }

    fn folders(&self, delivered: &Path, problems: &mut Vec<Problem>) {
        let source = self.source;
        let folder = self.base.join(&source.folder);
        let same = |other: &Path| self.base.join(other) == folder;
        if same(delivered) {
            problems.push(self.problem(
                "folder",
                "what is delivered to the endpoint would be taken as handed over",
                "use another folder than `path`",
            ));
        }
        let (failed, taken) = (Some(&source.failed), source.taken.as_ref());
        for (key, other) in [("failed", failed), ("taken", taken)] {
            if other.is_some_and(|other| same(other)) {
                problems.push(self.problem(
                    key,
                    "files put there would be taken again and again",
                    "use another folder than `folder`",
                ));
            }
        }
    }

    /// What is different on a server.
    fn server(&self, endpoint: &Endpoint, problems: &mut Vec<Problem>) {
        let source = self.source;
        if !matches!(endpoint, Endpoint::Sftp(_)) {
            if source.every.is_some() {
                let help = "leave it out: a folder of ours is looked at twice a second";
                problems.push(self.problem(
                    "every",
                    "only on a server is there time between two looks",
                    help,
                ));
            }
            return;
        }
        if source.every.is_some_and(Span::is_zero) {
            problems.push(self.problem("every", "this cannot be zero", "leave the key out for its default"));
        }
        let (folder, failed) = (Some(&source.folder), Some(&source.failed));
        for (key, folder) in [("folder", folder), ("failed", failed), ("taken", source.taken.as_ref())] {
            let text = folder.and_then(|folder| folder.to_str());
            if folder.is_some() && text.is_none_or(|t| t.is_empty() || t.chars().any(char::is_control)) {
                let message = "this is not a folder on a server";
                problems.push(self.problem(key, message, "write its path there, \"/out\""));
            }
        }
    }
}

fn idoc(
    document: &Document,
    name: &str,
    format: Written,
    settings: Option<&IdocSettings>,
    problems: &mut Vec<Problem>,
) {
    let Some(settings) = settings else {
        if format == Written::Idoc {
            let problem = document.problem(
                &steps!["endpoint", name, "format"],
                "nothing says what the control record of an IDoc holds",
            );
            problems.push(
                problem.help(format!("write [endpoint.{name}.idoc] with sender_port and receiver_port")),
            );
        }
        return;
    };
    for (key, value, longest) in [
        ("client", &settings.client, 3),
        ("sender_port", &settings.sender_port, 10),
        ("sender_partner_type", &settings.sender_partner_type, 2),
        ("sender_partner", &settings.sender_partner, 10),
        ("receiver_port", &settings.receiver_port, 10),
        ("receiver_partner_type", &settings.receiver_partner_type, 2),
        ("receiver_partner", &settings.receiver_partner, 10),
    ] {
        if value.chars().count() > longest {
            let at = steps!["endpoint", name, "idoc", key];
            let problem =
                document.problem(&at, format!("`{value}` is longer than the field, {longest} characters"));
            problems.push(problem.help("write it as the SAP system knows it"));
        }
    }
    for number in settings.partners.keys().filter(|number| number.chars().count() > 10) {
        let at = steps!["endpoint", name, "idoc", "partners"];
        let problem =
            document.problem(&at, format!("`{number}` is longer than a partner's number, 10 characters"));
        problems.push(problem.help("write the number that the SAP system has for the partner"));
    }
}
