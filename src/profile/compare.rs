//! Two versions of a profile held against each other: which keys are new, gone or other, for the audit trail.
//!
//! Short values are shown, `"test" -> "live"`; long ones (a certificate, a program), and what may be secret, are named alone.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Longer values are not shown.
const SHORT: usize = 60;
/// Keys named at most.
const MOST: usize = 40;
/// Keys whose values are nobody's business.
const SECRET: [&str; 4] = ["token", "password", "secret", "key"];

/// The keys that differ: `{"status": "\"test\" -> \"live\"", "as2.certificates": "changed"}`.
pub fn changes(before: &str, after: &str) -> Value {
    let (before, after) = (keys(before), keys(after));
    let mut all: Vec<&String> = before.keys().chain(after.keys()).collect();
    all.sort();
    all.dedup();
    let differ = all.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let mut changes = Map::new();
    for (nth, key) in differ.enumerate() {
        if nth == MOST {
            changes.insert("…".to_owned(), json!("more"));
            break;
        }
        changes.insert(key.clone(), json!(words(key, before.get(key), after.get(key))));
    }
    Value::Object(changes)
}

fn words(key: &str, before: Option<&String>, after: Option<&String>) -> String {
    let secret = SECRET.iter().any(|word| key.to_ascii_lowercase().contains(word));
    let short = |value: &&String| !secret && value.chars().count() <= SHORT;
    match (before, after) {
        (Some(before), Some(after)) if short(&before) && short(&after) => format!("{before} -> {after}"),
        (None, Some(after)) if short(&after) => format!("new: {after}"),
        (Some(before), None) if short(&before) => format!("gone: {before}"),
        (None, _) => "new".to_owned(),
        (_, None) => "gone".to_owned(),
        _ => "changed".to_owned(),
    }
}

/// Each value that is no table, by its dotted key.
fn keys(text: &str) -> BTreeMap<String, String> {
    fn walk(prefix: &str, table: &toml::Table, found: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => walk(&name, inner, found),
                value => drop(found.insert(name, value.to_string())),
            }
        }
    }
    let mut found = BTreeMap::new();
    // What is stored was read before it was stored.
    walk("", &text.parse::<toml::Table>().unwrap_or_default(), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::changes;
    use serde_json::json;

    #[test]
    fn keys_that_differ_are_named_and_secrets_are_not_shown() {
        let before = "status = \"test\"\n[https]\ntokens = [\"sha256:aa\"]\n[x12]\nid = \"ZZ:A\"\n";
        let after = format!(
            "status = \"live\"\n[https]\ntokens = [\"sha256:bb\"]\n[send.855]\nevery = \"1h\"\nnote = \"{}\"\n",
            "x".repeat(90)
        );
        let expected = json!({ "status": "\"test\" -> \"live\"", "https.tokens": "changed", "x12.id": "gone: \"ZZ:A\"",
            "send.855.every": "new: \"1h\"", "send.855.note": "new" });
        assert_eq!(changes(before, &after), expected);
        assert_eq!(changes(before, before), json!({}));
    }
}
