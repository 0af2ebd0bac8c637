//! The dashboard and the alert rules that the packages carry name figures that a gateway really shows.

use super::*;
use std::collections::BTreeSet;

fn shipped(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Words of a text that are names of figures.
fn figures(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':')
        .filter(|word| word.starts_with("portway_") || word.starts_with("process_"))
        .collect()
}

/// All values of a key, anywhere in it.
fn all<'a>(value: &'a serde_json::Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::Object(map) => {
            found.extend(map.get(key).and_then(|v| v.as_str()));
            map.values().for_each(|value| all(value, key, found));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| all(value, key, found)),
        _ => {}
    }
}

#[test]
fn every_figure_of_the_dashboard_and_of_the_rules_is_in_a_scrape() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let scrape = scraped(&door(&gateway));
    gateway.stop();
    let shown: BTreeSet<&str> = scrape.samples.keys().map(|(name, _)| name.as_str()).collect();
    let dashboard: serde_json::Value = serde_json::from_str(&shipped("grafana/portway.json")).unwrap();
    let mut expressions = Vec::new();
    all(&dashboard, "expr", &mut expressions);
    assert!(expressions.len() > 15, "{}", expressions.len());
    let rules = shipped("prometheus/portway.rules.yml");
    let text = expressions.join("\n");
    let named: BTreeSet<&str> = figures(&text).union(&figures(&rules)).copied().collect();
    let missing: Vec<_> = named.difference(&shown).collect();
    assert!(missing.is_empty(), "no scrape has {missing:?}; it has {shown:?}");
}

#[test]
fn every_rule_says_what_is_wrong_whose_move_it_is_and_where_to_read_on() {
    let rules = shipped("prometheus/portway.rules.yml");
    let runbook =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md"))
            .unwrap();
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 8, "{}", alerts.len());
    for alert in alerts {
        let name = alert.lines().next().unwrap().trim();
        for key in ["expr:", "severity:", "move:", "summary:", "description:"] {
            assert!(alert.contains(key), "{name} has no {key}");
        }
        assert!(
            alert.contains(&format!("runbook: operations.md#{}\n", name.to_lowercase())),
            "{name}: {alert}"
        );
        assert!(runbook.contains(&format!("\n### {name}\n")), "operations.md does not know {name}");
    }
}
