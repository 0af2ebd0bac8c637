//! One partner's profile, read: typed, with its template merged in, its certificates, its text and its hash.
//!
//! Promises: `source` stands alone. Template and certificates are part of it, so a version kept elsewhere (the
//! ledger) reads the same on any node, also after the files are gone; and a renewed certificate in an unchanged
//! file is a new version. Secrets stay references. The same content has the same hash.
//! Fails with every problem found, all of this partner only.

use super::document::{Document, Step, steps};
use super::items::Items;
use super::partner::{Partner, Status};
use super::pinned::{self, As2Partner};
use super::problem::Problem;
use super::sftp::{self, SftpPartner};
use super::sftp_client::Poll;
use super::shape::{self, Extent};
use super::transform::Transform;
use portway_documents::Tables;
use portway_edi::Standard;
use portway_edi::interchange::PartyId;
use rustls_pki_types::CertificateDer;
use sha2::Digest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct PartnerProfile {
    pub partner: Partner,
    /// TOML text that stands alone: the file, or the file with template and certificates merged in.
    pub source: String,
    /// SHA-256 of `source`.
    pub hash: [u8; 32],
    /// The pinned client certificates of `[https]`, in the order of the profile.
    pub certificates: Vec<CertificateDer<'static>>,
    /// What `[as2]` pins; absent where the partner does not speak AS2.
    pub as2: Option<Arc<As2Partner>>,
    /// The public keys of `[sftp]`; absent where the partner does not come by SFTP.
    pub sftp: Option<Arc<SftpPartner>>,
    /// What the partner's codes mean.
    pub tables: Arc<Tables>,
    pub items: Option<Arc<Items>>,
    /// By set code: what changes a document before our endpoints see it.
    received: BTreeMap<String, Transform>,
    /// By set code: what changes a document of ours before it is written.
    sent: BTreeMap<String, Transform>,
    /// What people edit: for the places of problems found later.
    pub(super) document: Document,
}

/// What a profile may take from outside its own text.
pub struct Surroundings<'a> {
    /// The configuration folder: own templates and certificates are below it. `None`: only what is shipped.
    pub folder: Option<&'a Path>,
}

/// Templates that come with Portway, by name.
pub const SHIPPED_TEMPLATES: [(&str, &str); 1] =
    [("x12-4010-retail", include_str!("../../partner-profiles/templates/x12-4010-retail.toml"))];

impl PartnerProfile {
    /// Reads the text of `file`, whose name without `.toml` is `id`.
    pub fn parse(
        file: &Path,
        id: &str,
        text: &str,
        around: &Surroundings<'_>,
    ) -> Result<PartnerProfile, Vec<Problem>> {
        read(file, id, text, around)
            .map_err(|problems| problems.into_iter().map(|problem| problem.of_partner(id)).collect())
    }

    /// Reads a version kept elsewhere: the `source` of an earlier profile.
    pub fn from_stored(id: &str, source: &str) -> Result<PartnerProfile, Vec<Problem>> {
        let file = PathBuf::from(format!("(stored version of {id}.toml)"));
        PartnerProfile::parse(&file, id, source, &Surroundings { folder: None })
    }

    /// What changes a document of this set before our endpoints see it.
    pub fn transform_received(&self, set: &str) -> Option<&Transform> {
        self.received.get(set)
    }

    /// What changes a document of ours before it is written as this set.
    pub fn transform_sent(&self, set: &str) -> Option<&Transform> {
        self.sent.get(set)
    }

    /// The hash in hex, as it is shown.
    pub fn hash_hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// All X12 addresses under which the partner sends; the first is its own.
    pub fn x12_ids(&self) -> impl Iterator<Item = &super::partner::X12Id> {
        self.partner.x12.iter().flat_map(|x12| std::iter::once(&x12.id).chain(&x12.other_ids))
    }

    /// All EDIFACT addresses under which the partner sends; the first is its own.
    pub fn edifact_ids(&self) -> impl Iterator<Item = &super::partner::EdifactId> {
        self.partner.edifact.iter().flat_map(|edifact| std::iter::once(&edifact.id).chain(&edifact.other_ids))
    }

    /// Everything that the partner is called by: its id, what our systems call it, its addresses without qualifiers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = std::iter::once(&self.partner.id).chain(&self.partner.known_as).map(String::as_str);
        let x12 = self.x12_ids().map(|id| id.0.id.as_str());
        own.chain(x12).chain(self.edifact_ids().map(|id| id.0.id.as_str()))
    }

    /// Its user name at our SFTP door; `None` where it does not come by SFTP.
    pub fn sftp_user(&self) -> Option<&str> {
        self.partner.sftp.as_ref().map(|sftp| sftp.user.as_deref().unwrap_or(&self.partner.id))
    }

    /// How its SFTP server is polled; `None` where it has none, or is not polled in its status.
    pub fn polled(&self) -> Option<&Poll> {
        match self.partner.status {
            Status::Test | Status::Live => self.partner.sftp_client.as_ref()?.poll.as_ref(),
            Status::Draft | Status::Paused => None,
        }
    }

    /// Whether `id` is one of its addresses in that standard.
    pub fn sends_as(&self, standard: Standard, id: &PartyId) -> bool {
        match standard {
            Standard::X12 => self.x12_ids().any(|own| own.0 == *id),
            Standard::Edifact => self.edifact_ids().any(|own| own.0 == *id),
        }
    }

    /// Whether `group` is one of its group senders: what its section names, or an id of its own.
    pub fn groups_as(&self, standard: Standard, group: &str) -> bool {
        self.partner.group_id(standard) == Some(group)
            || match standard {
                Standard::X12 => self.x12_ids().any(|own| own.0.id == group),
                Standard::Edifact => self.edifact_ids().any(|own| own.0.id == group),
            }
    }
}

fn read(
    file: &Path,
    id: &str,
    text: &str,
    around: &Surroundings<'_>,
) -> Result<PartnerProfile, Vec<Problem>> {
    let document = Document::parse(file, text)?;
    let extends = document.table().get("extends").is_some();
    let extent = if extends { Extent::Part } else { Extent::Whole };
    let problems = shape::check(&document, shape::partner_schema(), extent);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut values = document.values()?;
    let mut rewritten = false;
    if let Some(toml::Value::String(name)) = values.remove("extends") {
        let template = template(&document, &name, around)?;
        merge(&mut values, template);
        rewritten = true;
    }
    rewritten |= pinned::inline(&document, &mut values, around)?;
    rewritten |= inlined(&document, &mut values, around)?;
    let source = if rewritten { written(&document, &values)? } else { text.to_owned() };
    if rewritten {
        let merged = Document::parse(file, &source)?;
        let problems = shape::missing(&merged, &document, shape::partner_schema());
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    let partner: Partner = toml::from_str(&source).map_err(|error| {
        vec![if rewritten { Problem::of_file(file, error.message()) } else { document.fault(&error) }]
    })?;
    if partner.id != id {
        let message = format!("the id `{}` is not the file's name", partner.id);
        let help = format!("write id = \"{id}\", or rename the file to {}.toml", partner.id);
        return Err(vec![document.problem(&steps!["id"], message).help(help)]);
    }
    let certificates = pinned::https(&document, &partner)?;
    let as2 = pinned::as2(&document, &partner, around)?.map(Arc::new);
    let sftp = sftp::read(&document, &partner)?.map(Arc::new);
    let hash = sha2::Sha256::digest(source.as_bytes()).into();
    let tables = Arc::new(tables(&document, &partner)?);
    let items = items(&document, &partner)?;
    let programs = |section: &str, list: Vec<(&String, Option<&String>)>| {
        let mut compiled = BTreeMap::new();
        let mut problems = Vec::new();
        for (set, program) in list {
            match program.map(|text| Transform::compile(text)) {
                Some(Ok(transform)) => drop(compiled.insert(set.clone(), transform)),
                Some(Err(message)) => {
                    let at = steps![section, set.as_str(), "transform"];
                    let message = format!("the transform is no jq program: {message}");
                    let help = "try it: portway file convert FILE --partner ID --explain";
                    problems.push(document.problem(&at, message).help(help));
                }
                None => {}
            }
        }
        if problems.is_empty() { Ok(compiled) } else { Err(problems) }
    };
    let received = programs(
        "receive",
        partner.receive.iter().map(|(s, r)| (s, r.transform_program.as_ref())).collect(),
    )?;
    let sent =
        programs("send", partner.send.iter().map(|(s, r)| (s, r.transform_program.as_ref())).collect())?;
    Ok(PartnerProfile {
        partner,
        source,
        hash,
        certificates,
        as2,
        sftp,
        tables,
        items,
        received,
        sent,
        document,
    })
}

fn written(document: &Document, values: &toml::Table) -> Result<String, Vec<Problem>> {
    toml::to_string(values).map_err(|error| {
        vec![Problem::of_file(&document.file, format!("cannot be written as one file: {error}"))]
    })
}

/// The template's values: the folder's own first, then the shipped ones.
fn template(document: &Document, name: &str, around: &Surroundings<'_>) -> Result<toml::Table, Vec<Problem>> {
    let refuse =
        |message: String, help: String| vec![document.problem(&steps!["extends"], message).help(help)];
    if !is_plain_name(name) {
        let help = "a template is named by lower-case letters, digits and `-`, without path and `.toml`";
        return Err(refuse(format!("`{name}` is not a template's name"), help.to_owned()));
    }
    let own = around.folder.map(|folder| folder.join("templates").join(format!("{name}.toml")));
    let own_text = match own.as_deref().map(std::fs::read_to_string) {
        Some(Ok(text)) => Some(text),
        Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
            let help = "make the file readable for the gateway's user".to_owned();
            return Err(refuse(format!("cannot read the template `{name}`: {error}"), help));
        }
        _ => None,
    };
    let shipped = SHIPPED_TEMPLATES.iter().find(|(shipped, _)| *shipped == name);
    let (file, text) = match (own, own_text, shipped) {
        (Some(file), Some(text), _) => (file, text),
        (_, None, Some((_, text))) => (PathBuf::from(format!("(shipped)/{name}.toml")), (*text).to_owned()),
        _ => {
            let names = SHIPPED_TEMPLATES.iter().map(|(name, _)| *name);
            let help = shape::suggest(name, names, "shipped templates").unwrap_or_default();
            return Err(refuse(
                format!("there is no template `{name}`"),
                format!("{help} Own ones are templates/<name>.toml"),
            ));
        }
    };
    let template = Document::parse(&file, &text)?;
    let mut problems = shape::check(&template, shape::partner_schema(), Extent::Part);
    if template.table().contains_key("extends") {
        let problem = template.problem(&steps!["extends"], "a template cannot extend another template");
        problems.push(problem.help("copy what is needed into this template: there is one level only"));
    }
    if problems.is_empty() { template.values() } else { Err(problems) }
}

/// The partner's keys win; tables are merged.
fn merge(values: &mut toml::Table, template: toml::Table) {
    for (key, from_template) in template {
        match (values.get_mut(&key), from_template) {
            (Some(toml::Value::Table(own)), toml::Value::Table(from_template)) => merge(own, from_template),
            (Some(_), _) => {}
            (None, from_template) => {
                values.insert(key, from_template);
            }
        }
    }
}

/// Puts the text of the files that a profile names (transforms, items) in their place; true if there was any.
fn inlined(
    document: &Document,
    values: &mut toml::Table,
    around: &Surroundings<'_>,
) -> Result<bool, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut any = false;
    let mut inline = |table: &mut toml::Table, at: &[Step], key: &str, into: &str| {
        let Some(path) = table.get(key).and_then(toml::Value::as_str).map(str::to_owned) else { return };
        let text = match around.folder {
            Some(folder) => std::fs::read_to_string(folder.join(&path)).map_err(|error| error.to_string()),
            None => Err("a stored profile holds it itself".to_owned()),
        };
        match text {
            Ok(text) => {
                table.remove(key);
                table.insert(into.to_owned(), toml::Value::String(text));
                any = true;
            }
            Err(error) => {
                let mut at = at.to_vec();
                at.push(Step::from(key));
                let help =
                    "name a file that the gateway's user can read, relative to the configuration folder";
                problems.push(located(document, &at, format!("cannot read `{path}`: {error}"), help));
            }
        }
    };
    for section in ["receive", "send"] {
        let sets = values.get_mut(section).and_then(toml::Value::as_table_mut);
        for (set, table) in sets.into_iter().flat_map(|sets| sets.iter_mut()) {
            if let Some(table) = table.as_table_mut() {
                inline(table, &steps![section, set.as_str()], "transform", "transform_program");
            }
        }
    }
    if let Some(items) = values.get_mut("items").and_then(toml::Value::as_table_mut) {
        inline(items, &steps!["items"], "file", "table");
    }
    any |= key_files(document, values, around, &mut problems);
    if problems.is_empty() { Ok(any) } else { Err(problems) }
}

/// The files that `[sftp]` names among its keys, in their places.
fn key_files(
    document: &Document,
    values: &mut toml::Table,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> bool {
    let keys = values.get_mut("sftp").and_then(|sftp| sftp.get_mut("keys")?.as_array_mut());
    let mut any = false;
    for (index, key) in keys.into_iter().flatten().enumerate() {
        let toml::Value::String(text) = key else { continue };
        if sftp::is_key_line(text) {
            continue;
        }
        let read = match around.folder {
            Some(folder) => std::fs::read_to_string(folder.join(&*text)).map_err(|error| error.to_string()),
            None => Err("a stored profile holds the key itself".to_owned()),
        };
        match read {
            Ok(lines) => {
                *text = lines;
                any = true;
            }
            Err(error) => {
                let help = "write the line of a .pub file, or name a file that the gateway's user can read, relative to the configuration folder";
                let message = format!("cannot read `{text}`: {error}");
                problems.push(located(document, &steps!["sftp", "keys", index], message, help));
            }
        }
    }
    any
}

/// `[codes.<table>]`.
fn tables(document: &Document, partner: &Partner) -> Result<Tables, Vec<Problem>> {
    let (mut tables, mut problems) = (Tables::default(), Vec::new());
    for (table, codes) in &partner.codes {
        let Some(words) = portway_documents::words_of(table) else {
            let problem =
                document.problem(&steps!["codes", table.as_str()], format!("there is no table `{table}`"));
            let help = shape::suggest(table, portway_documents::code_tables(), "tables").unwrap_or_default();
            problems.push(problem.help(help));
            continue;
        };
        for (code, word) in codes {
            if words.contains(word) {
                tables.add(table, code, word);
                continue;
            }
            let at = steps!["codes", table.as_str(), code.as_str()];
            let problem = document.problem(&at, format!("`{word}` is no word of {table}"));
            let help = shape::suggest(word, words.iter().map(String::as_str), "words").unwrap_or_default();
            problems.push(problem.help(help));
        }
    }
    if problems.is_empty() { Ok(tables) } else { Err(problems) }
}

/// `[items]`.
fn items(document: &Document, partner: &Partner) -> Result<Option<Arc<Items>>, Vec<Problem>> {
    let Some(text) = partner.items.as_ref().and_then(|items| items.table.as_deref()) else { return Ok(None) };
    match Items::parse(text) {
        Ok(items) => Ok(Some(Arc::new(items))),
        Err(message) => {
            let problem =
                document.problem(&steps!["items", "file"], format!("the cross-reference: {message}"));
            Err(vec![problem.help("docs/profiles.md shows the columns")])
        }
    }
}

fn located(document: &Document, at: &[Step], message: String, help: &str) -> Problem {
    document.problem(at, message).help(help)
}

/// What ids and names are made of: they are file names, and parts of URLs.
pub fn is_plain_name(name: &str) -> bool {
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    letters && !name.is_empty() && name.len() <= 64 && !name.starts_with('-')
}
