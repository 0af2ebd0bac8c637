//! Holds a document against the shape of its type, key by key.
//!
//! The shape is the JSON Schema of [`Gateway`] or [`Partner`], so there is one table of keys: the types.
//! Promises: reports every unknown key (with the nearest known one), wrong type, wrong word and missing key of a
//! file at once, each at its own place, at every level; a secret written in plain text is reported but never shown.
//! Serde, which comes after, stops at its first error and loses places inside tagged enums.

use super::document::{Document, Step};
use super::gateway::Gateway;
use super::partner::{EdifactId, Partner, TokenHash, X12Id};
use super::problem::Problem;
use super::value::{EDIFACT_ID_HELP, TOKEN_HELP, X12_ID_HELP};
use super::{due, duration, hour, secret, sftp, sftp_client};
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::ops::Range;
use std::sync::LazyLock;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The JSON Schema of `gateway.toml`, as `portway schema gateway` prints it.
pub fn gateway_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<Gateway>);
    &SCHEMA
}

/// The JSON Schema of a partner's profile, as `portway schema partner` prints it.
pub fn partner_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(schema_of::<Partner>);
    &SCHEMA
}

fn schema_of<T: schemars::JsonSchema>() -> Value {
    let inline = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    inline.into_generator().into_root_schema_for::<T>().to_value()
}

/// What is asked of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every mandatory key must be there.
    Whole,
    /// A part of a whole: a template, or a profile that extends one.
    Part,
}

/// All faults of shape, in the order of their places.
pub(super) fn check(document: &Document, schema: &Value, extent: Extent) -> Vec<Problem> {
    let mut faults: Vec<_> =
        walk(document, schema).into_iter().filter(|f| !f.missing || extent == Extent::Whole).collect();
    faults.sort_by_key(|fault| fault.span.start);
    faults.into_iter().map(|fault| fault.problem(document, None)).collect()
}

/// Mandatory keys that `merged` lacks, placed in `shown`, the file that people edit.
pub(super) fn missing(merged: &Document, shown: &Document, schema: &Value) -> Vec<Problem> {
    let faults = walk(merged, schema).into_iter().filter(|fault| fault.missing);
    faults.map(|fault| fault.problem(shown, Some(&fault.path))).collect()
}

struct Fault {
    path: Vec<Step>,
    span: Range<usize>,
    message: String,
    help: Option<String>,
    missing: bool,
    concealed: bool,
}

impl Fault {
    fn problem(&self, document: &Document, path: Option<&[Step]>) -> Problem {
        let span = path.map_or(self.span.clone(), |path| document.locate(path));
        let problem = Problem::at(&document.file, &document.text, span, self.message.as_str());
        let problem = if self.concealed { problem.concealed() } else { problem };
        match &self.help {
            Some(help) => problem.help(help.as_str()),
            None => problem,
        }
    }
}

fn walk(document: &Document, schema: &Value) -> Vec<Fault> {
    let mut walk = Walk { path: Vec::new(), faults: Vec::new() };
    walk.table(schema, &document.table(), 0..0);
    walk.faults
}

struct Walk {
    path: Vec<Step>,
    faults: Vec<Fault>,
}

impl Walk {
    fn fault(&mut self, span: Range<usize>, message: String, help: Option<String>) -> &mut Fault {
        let path = self.path.clone();
        self.faults.push(Fault { path, span, message, help, missing: false, concealed: false });
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    fn below(&mut self, step: Step, visit: impl FnOnce(&mut Walk)) {
        self.path.push(step);
        visit(self);
        self.path.pop();
    }

    /// `key` is where the table is named; faults of the table as a whole are shown there.
    fn table(&mut self, schema: &Value, table: &DeTable<'_>, key: Range<usize>) {
        let schema = plain(schema);
        if let Some(kinds) = schema.get("oneOf").and_then(Value::as_array) {
            return self.tagged(kinds, table, key);
        }
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties").filter(|others| others.is_object());
        let mut mistyped = Vec::new();
        for (name, value) in table {
            let place = if value.get_ref().is_table() { name.span() } else { value.span() };
            let inner = known.and_then(|known| known.get(name.get_ref().as_ref())).or(others);
            match inner {
                Some(inner) => {
                    self.below(Step::from(name.get_ref().as_ref()), |walk| walk.value(inner, value, place));
                }
                None => {
                    let names = || known.into_iter().flatten().map(|(name, _)| name.as_str());
                    mistyped.extend(nearest(name.get_ref(), names()));
                    let help = suggest(name.get_ref(), names(), "known here");
                    self.fault(name.span(), format!("unknown key `{}`", name.get_ref()), help);
                }
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let stated = |name: &&str| table.contains_key(*name) || mistyped.contains(name);
            let Some(name) = name.as_str().filter(|name| !stated(name)) else { continue };
            let about = known.and_then(|k| k.get(name)?.get("description")?.as_str());
            let help = about.map(|about| format!("`{name}`: {}", about.replace('\n', " ")));
            self.fault(key.clone(), format!("the key `{name}` is missing"), help).missing = true;
        }
        if schema.get("format").and_then(Value::as_str) == Some("secret") && table.len() != 1 {
            let message = format!("a secret has exactly one place; here are {}", table.len());
            self.fault(key, message, Some(secret::HELP.to_owned()));
        }
    }

    /// A table whose `kind` says which keys it has.
    fn tagged(&mut self, kinds: &[Value], table: &DeTable<'_>, key: Range<usize>) {
        let names = || kinds.iter().filter_map(kind);
        let Some(tag) = table.get("kind") else {
            let listed = names().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ");
            let help = format!("write kind = {listed}");
            self.fault(key, "the key `kind` is missing".to_owned(), Some(help)).missing = true;
            return;
        };
        match kinds.iter().find(|schema| kind(schema) == tag.get_ref().as_str()) {
            Some(schema) => self.table(schema, table, key),
            None => {
                let found = tag.get_ref().as_str().unwrap_or_else(|| tag.get_ref().type_str());
                let help = suggest(found, names(), "possible");
                self.fault(tag.span(), format!("unknown kind `{found}`"), help);
            }
        }
    }

    fn value(&mut self, schema: &Value, value: &Spanned<DeValue<'_>>, key: Range<usize>) {
        let schema = form(schema, value.get_ref());
        let format = schema.get("format").and_then(Value::as_str);
        let expected = expected_type(schema);
        match (value.get_ref(), expected) {
            (DeValue::Table(table), "object") => self.table(schema, table, key),
            (DeValue::Array(array), "array") => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                for (index, item) in array.iter().enumerate() {
                    self.below(Step::Index(index), |walk| walk.value(items, item, item.span()));
                }
            }
            (DeValue::String(text), "string") => {
                if let Err((message, help)) = text_of(format, text).and_then(|()| word_of(schema, text)) {
                    self.fault(value.span(), message, help).concealed =
                        matches!(format, Some("token-hash" | "password-hash"));
                }
            }
            (DeValue::Integer(number), "integer") => {
                let read = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix());
                let at_least = schema.get("minimum").and_then(Value::as_i64).unwrap_or(i64::MIN);
                let widest = if format == Some("uint32") { i64::from(u32::MAX) } else { i64::MAX };
                let at_most = schema.get("maximum").and_then(Value::as_i64).unwrap_or(widest);
                if !read.is_ok_and(|number| (at_least..=at_most).contains(&number)) {
                    let help =
                        (at_most < i64::MAX).then(|| format!("write a number from {at_least} to {at_most}"));
                    self.fault(value.span(), format!("`{}` is out of range", number.as_str()), help);
                }
            }
            (DeValue::Boolean(_), "boolean") | (_, "") => {}
            (DeValue::String(_), "object") if format == Some("secret") => {
                let help = Some(secret::HELP.to_owned());
                let message = "a secret is never written into the configuration itself".to_owned();
                self.fault(value.span(), message, help).concealed = true;
            }
            (found, expected) => {
                let help = match format {
                    Some("span") => Some(duration::HELP.to_owned()),
                    Some("due") => Some(due::HELP.to_owned()),
                    Some("secret") => Some(secret::HELP.to_owned()),
                    Some("x12-id") => Some(X12_ID_HELP.to_owned()),
                    Some("edifact-id") => Some(EDIFACT_ID_HELP.to_owned()),
                    Some("token-hash") => Some(TOKEN_HELP.to_owned()),
                    Some("password-hash") => Some(sftp::PASSWORD_HELP.to_owned()),
                    Some("network") => Some(sftp::NETWORK_HELP.to_owned()),
                    _ if expected == "array" => Some("write a list, as in [\"one\", \"two\"]".to_owned()),
                    _ => None,
                };
                let message =
                    format!("{} is expected here, not {}", words(expected), words(found.type_str()));
                self.fault(value.span(), message, help).concealed = sensitive(schema);
            }
        }
    }
}

/// Where a value in the wrong shape may be a secret written in plain text.
fn sensitive(schema: &Value) -> bool {
    let format = |schema: &Value| {
        matches!(
            schema.get("format").and_then(Value::as_str),
            Some("secret" | "token-hash" | "password-hash")
        )
    };
    format(schema) || schema.get("items").is_some_and(format)
}

type Refusal = (String, Option<String>);

/// Texts with a form of their own.
fn text_of(format: Option<&str>, text: &str) -> Result<(), Refusal> {
    let read =
        |result: Result<(), String>, help: &str| result.map_err(|message| (message, Some(help.to_owned())));
    match format {
        Some("span") => read(text.parse::<duration::Span>().map(drop), duration::HELP),
        Some("due") => read(text.parse::<due::Term>().map(drop), due::HELP),
        Some("x12-id") => read(text.parse::<X12Id>().map(drop), X12_ID_HELP),
        Some("edifact-id") => read(text.parse::<EdifactId>().map(drop), EDIFACT_ID_HELP),
        Some("token-hash") => read(text.parse::<TokenHash>().map(drop), TOKEN_HELP),
        Some("password-hash") => read(text.parse::<sftp::PasswordHash>().map(drop), sftp::PASSWORD_HELP),
        Some("network") => read(text.parse::<sftp::Network>().map(drop), sftp::NETWORK_HELP),
        Some("hour") => read(text.parse::<hour::Hour>().map(drop), hour::HOUR_HELP),
        Some("time-zone") => read(text.parse::<hour::Zone>().map(drop), hour::ZONE_HELP),
        Some("host-key") => read(text.parse::<sftp_client::HostKey>().map(drop), sftp_client::HOST_KEY_HELP),
        Some("socket-address") => read(
            text.parse::<std::net::SocketAddr>()
                .map(drop)
                .map_err(|_| format!("`{text}` is not address and port")),
            "write an IP address and a port, as in \"0.0.0.0:8443\" or \"[::]:8443\"",
        ),
        _ => Ok(()),
    }
}

/// Texts that are one of a few words.
fn word_of(schema: &Value, text: &str) -> Result<(), Refusal> {
    let words = words_of(schema);
    if words.is_empty() || words.contains(&text) {
        return Ok(());
    }
    Err((format!("unknown word `{text}`"), suggest(text, words.into_iter(), "possible")))
}

/// The words of an enumeration, however the schema puts them: `enum`, `const` or `oneOf` of both.
fn words_of(schema: &Value) -> Vec<&str> {
    let own = schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"));
    let inner = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten().flat_map(words_of);
    own.filter_map(Value::as_str).chain(inner).collect()
}

fn kind(schema: &Value) -> Option<&str> {
    schema.get("properties")?.get("kind")?.get("const")?.as_str()
}

/// The schema of an optional value without its "or null": TOML has no null.
fn plain(schema: &Value) -> &Value {
    let mut any = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    any.find(|one| one.get("type").and_then(Value::as_str) != Some("null")).unwrap_or(schema)
}

/// Of a schema with several forms (a text, or a table or a list) the one that the value has; else the first.
fn form<'a>(schema: &'a Value, value: &DeValue<'_>) -> &'a Value {
    let mut any = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let fits = |one: &&Value| match value {
        DeValue::Table(_) => expected_type(one) == "object",
        DeValue::Array(_) => expected_type(one) == "array",
        _ => false,
    };
    any.find(fits).unwrap_or_else(|| plain(schema))
}

fn expected_type(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|n| *n != "null").unwrap_or("")
        }
        _ if schema.get("discriminator").is_some() => "object",
        _ if !words_of(schema).is_empty() => "string",
        _ => "",
    }
}

fn words(type_name: &str) -> &str {
    match type_name {
        "object" | "table" => "a table",
        "array" => "a list",
        "string" => "a text in quotes",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "float" => "a fraction",
        _ => "a date or time",
    }
}

/// `did you mean …?`, or the list of what there is.
pub fn suggest<'a>(found: &str, known: impl Iterator<Item = &'a str>, listed: &str) -> Option<String> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    let near = nearest(found, known.iter().copied());
    match near {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("{listed}: `{}`", known.join("`, `"))),
    }
}

/// The known name that `found` most probably means.
fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|name| (strsim::damerau_levenshtein(found, name), name)).min();
    near.filter(|(distance, _)| *distance <= 1 + found.chars().count() / 3).map(|(_, name)| name)
}
