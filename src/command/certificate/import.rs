//! `portway cert import FILE --partner P [--from DATE]`: a partner's certificate into `certs/` and into its profile.
//!
//! Promises: checks first. What is refused changes nothing; the certificate's file is there before the profile names it; the
//! profile keeps its comments and its order, is read as a whole before it is replaced, and replaced at once. The fingerprint
//! is shown: it is to be compared with the partner over another way.

use super::{describe, remarks};
use crate::command::FINE;
use crate::command::output::{Stop, words};
use crate::command::trail::Trail;
use crate::ledger::audit::{Change, On};
use crate::profile::certificates::{day, valid_until};
use crate::profile::{Configuration, PartnerProfile, Surroundings, beginning, is_plain_name, render};
use jiff::Timestamp;
use portway_as2::certificate::Certificate;
use portway_as2::certificate_file;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, InlineTable, Item, RawString, TableLike, Value};

pub struct Import {
    pub file: PathBuf,
    pub partner: String,
    pub from: Option<String>,
}

pub fn run(
    configuration: &Configuration,
    import: &Import,
    trail: &mut Trail,
    now: Timestamp,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let from = import.from.as_deref().map(beginning).transpose();
    let from =
        from.map_err(|message| Stop::Usage(format!("--from: {message}; write it as in 2027-01-31")))?;
    if !is_plain_name(&import.partner) {
        return Err(Stop::Usage(format!("`{}` is not a partner's id", import.partner)));
    }
    // The file, not the profile in force: without its certificate the profile may be refused.
    let profile = configuration.path(Path::new("partners.d")).join(format!("{}.toml", import.partner));
    let text = match fs::read_to_string(&profile) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message =
                format!("there is no partner `{}`; `portway partner list` shows all", import.partner);
            return Err(Stop::NotFound(message));
        }
        Err(error) => return Err(Stop::Problem(format!("cannot read {}: {error}", profile.display()))),
    };
    let certificate = read(&import.file)?;
    describe(&certificate, now, out)?;
    out.flush()?;
    check(&certificate, from, now)?;
    if pinned(configuration, &profile, import, &text, &certificate) {
        words(format_args!("it is in the profile already; nothing was changed"));
        return Ok(FINE);
    }

    let detail =
        json!({ "sha256": certificate.fingerprint(), "subject": certificate.subject(), "from": import.from });
    trail.note(&Change::new("cert import", On::Partner(&import.partner)).with(detail))?;
    let stored = store(configuration, &import.partner, &certificate)?;
    let name = stored.strip_prefix(&configuration.dir).unwrap_or(&stored).display().to_string();
    let edited = edit(&text, &name, import.from.as_deref()).map_err(|reason| {
        let entry = entry(&name, import.from.as_deref()).to_string();
        Stop::Problem(format!(
            "{}: {reason}; add it yourself: certificates = [{}] under [as2]",
            profile.display(),
            entry.trim()
        ))
    })?;
    let around = Surroundings { folder: Some(&configuration.dir) };
    if let Err(problems) = PartnerProfile::parse(&profile, &import.partner, &edited, &around) {
        let shown = render(&problems, false);
        return Err(Stop::Problem(format!(
            "the profile would be broken with it; it was left as it is\n{shown}"
        )));
    }
    replace(&profile, &edited)
        .map_err(|error| Stop::Problem(format!("cannot write {}: {error}", profile.display())))?;
    trail.done()?;
    words(format_args!("wrote {}, and named it in {}", stored.display(), profile.display()));
    match from {
        Some(from) if from > now => {
            words(format_args!("its signatures are taken at once; we encrypt to it from {}", day(from)))
        }
        _ => words(
            "its signatures are taken, and we encrypt to it, from the next reload on; the others stay valid for signatures",
        ),
    }
    words(
        "next: compare the fingerprint with the partner by telephone; then portway validate, portway reload",
    );
    Ok(FINE)
}

/// The partner's own certificate of a file.
fn read(file: &Path) -> Result<Certificate, Stop> {
    let shown = file.display();
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Stop::NotFound(format!("{shown}: {error}")),
        _ => Stop::Problem(format!("cannot read {shown}: {error}")),
    })?;
    let all = certificate_file::read(&bytes).map_err(|error| Stop::Problem(format!("{shown}: {error}")))?;
    if bytes.windows(12).any(|window| window == b"PRIVATE KEY-") {
        words(format_args!(
            "warning: {shown} holds a private key too. It was not copied; tell the partner that its key is known to others now"
        ));
    }
    certificate_file::own(&all).cloned().ok_or_else(|| {
        let subjects: Vec<_> = all.iter().map(Certificate::subject).collect();
        let message = "holds several certificates, and it cannot be told which is the partner's own; put it into a file alone";
        Stop::Problem(format!("{shown} {message}: {}", subjects.join("; ")))
    })
}

fn check(certificate: &Certificate, from: Option<Timestamp>, now: Timestamp) -> Result<(), Stop> {
    let until = valid_until(certificate);
    if certificate.not_after() < now.as_second() {
        return Err(Stop::Problem(format!("it expired on {until}; ask the partner for the new one")));
    }
    if from.is_some_and(|from| from.as_second() > certificate.not_after()) {
        return Err(Stop::Usage(format!("--from is after its end, {until}")));
    }
    if from.unwrap_or(now).as_second() < certificate.not_before() {
        let day = Timestamp::from_second(certificate.not_before()).map(day).unwrap_or_default();
        words(format_args!("warning: it is valid only from {day}; --from {day} would wait for that"));
    }
    remarks(certificate).iter().for_each(|remark| words(format_args!("warning: {remark}")));
    Ok(())
}

/// Whether the profile, as its file stands, pins it already.
fn pinned(
    configuration: &Configuration,
    file: &Path,
    import: &Import,
    text: &str,
    certificate: &Certificate,
) -> bool {
    let around = Surroundings { folder: Some(&configuration.dir) };
    let profile = PartnerProfile::parse(file, &import.partner, text, &around).ok();
    profile.and_then(|profile| profile.as2).is_some_and(|as2| as2.signers().contains(certificate))
}

/// Writes `certs/<partner>-<first day>.pem`, or with the beginning of the fingerprint where that name is taken.
fn store(configuration: &Configuration, partner: &str, certificate: &Certificate) -> Result<PathBuf, Stop> {
    let folder = configuration.path(Path::new("certs"));
    let failed = |file: &Path, error: &dyn std::fmt::Display| {
        Stop::Problem(format!("cannot write {}: {error}", file.display()))
    };
    let pem = certificate.to_pem().map_err(|error| failed(&folder, &error))?;
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let begins = Timestamp::from_second(certificate.not_before()).map(day).unwrap_or_default();
    let short: String = certificate.sha256()[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let names = [format!("{partner}-{begins}.pem"), format!("{partner}-{begins}-{short}.pem")];
    for name in &names {
        let file = folder.join(name);
        match fs::File::create_new(&file) {
            Ok(mut out) => {
                // The gateway's account reads it, whatever root's umask is.
                let readable = out.set_permissions(fs::Permissions::from_mode(0o644));
                let written =
                    readable.and_then(|()| out.write_all(pem.as_bytes())).and_then(|()| out.sync_all());
                return written.map(|()| file.clone()).map_err(|error| failed(&file, &error));
            }
            // Left by an import that was broken off, or put there by hand: the same is as good.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let there = fs::read(&file).ok().and_then(|bytes| certificate_file::read(&bytes).ok());
                if there.is_some_and(|all| all.len() == 1 && all[0] == *certificate) {
                    return Ok(file);
                }
            }
            Err(error) => return Err(failed(&file, &error)),
        }
    }
    Err(Stop::Problem(format!("{} are there already, with other content", names.join(" and "))))
}

/// The profile with one more entry in `[as2] certificates`.
fn edit(text: &str, name: &str, from: Option<&str>) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let as2 = document.get_mut("as2").and_then(Item::as_table_like_mut);
    let as2: &mut dyn TableLike = as2.ok_or("there is no [as2] in it")?;
    let list = as2.entry("certificates").or_insert_with(|| Item::Value(Value::Array(Array::new())));
    let list = list.as_array_mut().ok_or("`certificates` is not a list")?;
    let mut value = entry(name, from);
    lay_out(list, &mut value);
    list.push_formatted(value);
    Ok(document.to_string())
}

/// Makes the value look as the entries before it: one in each line where they are so, comments left with what they stand by.
fn lay_out(list: &mut Array, value: &mut Value) {
    let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
    let Some(last) = list.iter_mut().last() else { return value.decor_mut().set_prefix("") };
    let part = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let (prefix, suffix) = (part(last.decor().prefix()), part(last.decor().suffix()));
    if !prefix.contains('\n') {
        return value.decor_mut().set_prefix(" ");
    }
    // What stands behind the last entry, up to the line of the bracket.
    let rest = suffix + &trailing;
    let comment = rest.trim_end();
    last.decor_mut().set_suffix("");
    value.decor_mut().set_prefix(format!("{comment}{prefix}"));
    let bracket = rest[comment.len()..].to_owned();
    list.set_trailing(if list.trailing_comma() { bracket.clone() } else { String::new() });
    if !list.trailing_comma() {
        value.decor_mut().set_suffix(bracket);
    }
}

fn entry(name: &str, from: Option<&str>) -> Value {
    match from {
        None => Value::from(name),
        Some(from) => {
            let mut table = InlineTable::new();
            table.insert("file", Value::from(name));
            table.insert("from", Value::from(from));
            Value::InlineTable(table)
        }
    }
}

/// The new text in place of the old, whole or not at all, with the old one's permissions.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    let old = fs::metadata(file)?;
    fs::set_permissions(new.path(), old.permissions())?;
    // Where another user made it, it should stay theirs; who may not do that leaves it.
    use std::os::unix::fs::MetadataExt;
    let _ = std::os::unix::fs::chown(new.path(), Some(old.uid()), Some(old.gid()));
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::edit;

    #[test]
    fn one_entry_is_added_and_nothing_else_changes() {
        let text =
            "# Acme\nid = \"acme\"   # theirs\n[as2]   # AS2\nid = \"ACME\"\n\n[x12]\nid = \"ZZ:A\" # x\n";
        let one = edit(text, "certs/a.pem", None).unwrap();
        let expected = text.replace("id = \"ACME\"\n", "id = \"ACME\"\ncertificates = [\"certs/a.pem\"]\n");
        assert_eq!(one, expected);
        let two = edit(&one, "certs/b.pem", Some("2027-01-31")).unwrap();
        let line = "certificates = [\"certs/a.pem\", { file = \"certs/b.pem\", from = \"2027-01-31\" }]\n";
        assert_eq!(two, text.replace("id = \"ACME\"\n", &format!("id = \"ACME\"\n{line}")));

        let lines = "[as2]\ncertificates = [\n    \"certs/a.pem\", # old\n]\n";
        let more = edit(lines, "certs/b.pem", None).unwrap();
        assert_eq!(more, "[as2]\ncertificates = [\n    \"certs/a.pem\", # old\n    \"certs/b.pem\",\n]\n");

        let bare =
            edit("[as2]\ncertificates = [\n    \"certs/a.pem\" # old\n]\n", "certs/b.pem", None).unwrap();
        assert_eq!(bare, "[as2]\ncertificates = [\n    \"certs/a.pem\", # old\n    \"certs/b.pem\"\n]\n");

        assert!(edit("id = \"acme\"\n", "certs/a.pem", None).unwrap_err().contains("no [as2]"));
        assert!(edit("[as2]\ncertificates = 3\n", "certs/a.pem", None).unwrap_err().contains("not a list"));
    }
}
