//! Configuration folders in, problems and lookups out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::partner::TokenHash;
use super::*;
use portway_edi::Standard;
use portway_edi::interchange::PartyId;
use std::collections::BTreeMap;
use std::path::Path;

const GATEWAY: &str = r#"
[us]
name = "Us Inc."
x12 = "ZZ:US"
[endpoint.erp]
kind = "http"
url = "https://erp.us.example/in"
secrets = [{ env = "ERP" }]
[endpoint.erp-test]
kind = "directory"
path = "/srv/erp-test"
test = true
"#;

const ACME: &str = r#"
id = "acme"
name = "Acme Inc."
status = "live"
[directory]
in = "/srv/acme/in"
[x12]
id = "01:123456789"
group_id = "ACMEGS"
[receive.850]
to = ["erp"]
"#;

pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new(gateway: &str, partners: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("gateway.toml", gateway);
        partners.iter().for_each(|(id, text)| folder.partner(id, text));
        folder
    }
    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    pub(super) fn partner(&self, id: &str, text: &str) {
        self.write(&format!("partners.d/{id}.toml"), text);
    }
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
    /// Loads, and gives all problems as `file:line:column: message | help`.
    pub(super) fn problems(&self) -> Vec<String> {
        let problems = match Configuration::load(self.path()) {
            Ok(configuration) => configuration.problems,
            Err(problems) => problems,
        };
        problems.iter().map(|p| self.short(p)).collect()
    }
    pub(super) fn short(&self, problem: &Problem) -> String {
        let file = problem.file.strip_prefix(self.path()).unwrap_or(&problem.file).display();
        let help = problem.help.as_deref().unwrap_or_default();
        format!("{file}:{}:{}: {} | {help}", problem.line, problem.column, problem.message)
    }
}

#[track_caller]
pub(super) fn assert_problem(problems: &[String], place: &str, message: &str, help: &str) {
    let found = problems.iter().any(|p| p.starts_with(place) && p.contains(message) && p.contains(help));
    assert!(found, "no `{place}… {message}… {help}` in {problems:#?}");
}

fn id(qualifier: &str, id: &str) -> PartyId {
    PartyId { qualifier: qualifier.into(), id: id.into() }
}

#[test]
fn a_good_folder_has_no_problems() {
    let folder = Folder::new(GATEWAY, &[("acme", ACME)]);
    assert_eq!(folder.problems(), Vec::<String>::new());
}

#[test]
fn the_example_with_as2_is_valid() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("partner-profiles/example-as2");
    let configuration = Configuration::load(&dir).unwrap();
    assert_eq!(
        configuration.problems.iter().map(Problem::to_string).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    let (partner, station) = configuration.as2_partner("ACMERETAIL", "NORTHWIND").unwrap();
    assert_eq!((partner.partner.id.as_str(), station), ("acme-retail", "us"));
    assert_eq!(partner.as2.as_ref().unwrap().signers().len(), 2);
}

#[test]
fn the_example_folder_is_valid() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("partner-profiles/example");
    let configuration = Configuration::load(&dir).unwrap();
    assert_eq!(
        configuration.problems.iter().map(Problem::to_string).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert!(configuration.partner("acme-retail").is_some());
    assert!(configuration.partner_of_token(&TokenHash::of("change-me").0).is_some());
}

/// One typo at each level of both files: the place is the key's, and the nearest key is named.
#[test]
fn a_typo_is_placed_and_the_nearest_key_named_at_every_level() {
    for (good, typo, line, nearest) in [
        ("[us]", "[su]", 2, "us"),
        ("name = \"Us Inc.\"", "nmae = \"Us Inc.\"", 3, "name"),
        ("url = ", "ulr = ", 7, "url"),
        ("{ env =", "{ evn =", 8, "env"),
        ("path = ", "pth = ", 11, "path"),
        ("test = true", "retry.tris = 3", 12, "tries"),
        ("\"http\"", "\"htpp\"", 6, "http"),
    ] {
        assert!(GATEWAY.contains(good), "{good}");
        let problems = Folder::new(&GATEWAY.replace(good, typo), &[]).problems();
        let help = format!("did you mean `{nearest}`?");
        assert_problem(&problems, &format!("gateway.toml:{line}:"), "unknown k", &help);
    }
    for (good, typo, line, nearest) in [
        ("name =", "nane =", 3, "name"),
        ("\"live\"", "\"life\"", 4, "live"),
        ("[directory]", "[directori]", 5, "directory"),
        ("in =", "im =", 6, "in"),
        ("group_id =", "groupid =", 9, "group_id"),
        ("[receive.850]", "[recieve.850]", 10, "receive"),
        ("to = [\"erp\"]", "to = [\"erp\"]\nduplicates = \"hold\"", 12, "duplicate"),
        ("to = [\"erp\"]", "to = [\"erp\"]\nduplicate = \"hodl\"", 12, "hold"),
        ("to = [\"erp\"]", "to = [\"erb\"]", 11, "erp"),
    ] {
        assert!(ACME.contains(good), "{good}");
        let problems = Folder::new(GATEWAY, &[("acme", &ACME.replacen(good, typo, 1))]).problems();
        let help = format!("did you mean `{nearest}`?");
        assert_problem(&problems, &format!("partners.d/acme.toml:{line}:"), "", &help);
        assert_eq!(problems.len(), 1, "one typo, one problem: {problems:#?}");
    }
}

#[test]
fn several_faults_of_a_file_are_reported_at_once() {
    let text = "id = \"acme\"\nstatus = \"live\"\n[directory]\nin = 3\nsettle = 5\n[x12]\nid = \"123456789\"\n\
                duplicate_window = \"400\"\n[receive]\n850 = { to = \"erp\" }\n[https]\ntokens = [\"geheim\"]\ntoken = \"geheim\"\n";
    let folder = Folder::new(GATEWAY, &[("acme", text)]);
    let problems = folder.problems();
    assert_problem(&problems, "partners.d/acme.toml:1:1:", "the key `name` is missing", "company");
    assert_problem(
        &problems,
        "partners.d/acme.toml:4:6:",
        "a text in quotes is expected here, not a whole number",
        "",
    );
    assert_problem(&problems, "partners.d/acme.toml:5:10:", "not a whole number", "\"30s\"");
    assert_problem(&problems, "partners.d/acme.toml:7:6:", "the qualifier is missing", "01:123456789");
    assert_problem(&problems, "partners.d/acme.toml:8:20:", "`400` has no unit", "\"400d\"");
    assert_problem(&problems, "partners.d/acme.toml:10:14:", "a list is expected", "[\"one\"");
    assert_problem(&problems, "partners.d/acme.toml:12:11:", "not a token's hash", "sha256sum");
    assert_problem(&problems, "partners.d/acme.toml:13:9:", "a secret is never written", "credential");
    assert_eq!(problems.len(), 8, "{problems:#?}");
    let shown = render(&Configuration::load(folder.path()).unwrap().problems, false);
    assert!(!shown.contains("geheim"), "a secret is on the screen:\n{shown}");
}

#[test]
fn a_token_or_secret_in_the_wrong_shape_is_not_shown() {
    for (key, value) in [("tokens", "\"geheim\""), ("tokens", "[[\"geheim\"]]"), ("token", "[\"geheim\"]")] {
        let text = ACME.replace("[x12]", &format!("[https]\n{key} = {value}\n[x12]"));
        let folder = Folder::new(GATEWAY, &[("acme", &text)]);
        assert_problem(&folder.problems(), "partners.d/acme.toml:8:", "is expected here", "write");
        let shown = render(&Configuration::load(folder.path()).unwrap().problems, false);
        assert!(!shown.contains("geheim"), "{shown}");
    }
}

#[test]
fn addresses_people_and_groups_are_checked() {
    let text = ACME
        .replace("status", "operators = [\"edi@acme.example\", \"edi at acme\"]\nstatus")
        .replace("\"ACMEGS\"", "\"A\"\nversion = \"004010-VERY-LONG\"");
    let problems = Folder::new(GATEWAY, &[("acme", &text)]).problems();
    assert_problem(
        &problems,
        "partners.d/acme.toml:4:34:",
        "`edi at acme` is not a mail address",
        "edi@acme.example",
    );
    assert_problem(&problems, "partners.d/acme.toml:10:12:", "`A` is not a group address", "2 to 15");
    assert_problem(&problems, "partners.d/acme.toml:11:11:", "not a version", "004010");
    let gateway = format!("{GATEWAY}[mail]\nhost = \"h\"\nport = 25\nfrom = \"x\"\n[alerts]\nto = [\"y\"]\n");
    let problems = Folder::new(&gateway, &[]).problems();
    assert_problem(&problems, "gateway.toml:16:8:", "`x` is not a mail address", "");
    assert_problem(&problems, "gateway.toml:18:7:", "`y` is not a mail address", "");
}

#[test]
fn a_problem_looks_like_rustc_and_has_a_json_line() {
    let folder = Folder::new(GATEWAY, &[("acme", &ACME.replace("[receive.850]", "[recieve.850]"))]);
    let problems = Configuration::load(folder.path()).unwrap().problems;
    let shown = render(&problems, false).replace(&folder.path().display().to_string(), "DIR");
    insta::assert_snapshot!(shown.trim_end(), @r"
    error: unknown key `recieve`
      --> DIR/partners.d/acme.toml:10:2
       |
    10 | [recieve.850]
       |  ^^^^^^^
       |
       = help: did you mean `receive`?
    ");
    let json = problems[0].to_json();
    assert_eq!((json["line"].as_u64(), json["column"].as_u64()), (Some(10), Some(2)));
    assert_eq!(json["severity"], "error");
    assert_eq!(json["help"], "did you mean `receive`?");
}

#[test]
fn bad_toml_stops_that_partner_only() {
    let folder = Folder::new(GATEWAY, &[("acme", ACME), ("broken", "id = \nname"), ("empty", "")]);
    let configuration = Configuration::load(folder.path()).unwrap();
    assert_eq!(configuration.partners.keys().collect::<Vec<_>>(), ["acme"]);
    let problems = folder.problems();
    assert_problem(&problems, "partners.d/broken.toml:1:", "this is not TOML", "");
    assert_problem(&problems, "partners.d/broken.toml:2:", "this is not TOML", "");
    assert_problem(&problems, "partners.d/empty.toml:1:1:", "`id` is missing", "");
}

#[test]
fn a_broken_gateway_is_fatal_and_partners_are_still_read() {
    let folder =
        Folder::new("[us]\nname = \"Us\"\n[listen.https]\naddress = \"8443\"\n", &[("acme", "x = 1")]);
    assert!(Configuration::load(folder.path()).is_err());
    let problems = folder.problems();
    assert_problem(&problems, "gateway.toml:4:11:", "not address and port", "0.0.0.0:8443");
    assert_problem(&problems, "partners.d/acme.toml:1:1:", "unknown key `x`", "");
    let nothing = tempfile::tempdir().unwrap();
    let problems = Configuration::load(nothing.path()).unwrap_err();
    assert!(problems[0].message.contains("cannot read gateway.toml"), "{problems:?}");
}

#[test]
fn the_gateway_is_checked_across_keys() {
    let text = "[station.a]\nname = \"A\"\nx12 = \"ZZ:US\"\n[station.b]\nname = \"B\"\nx12 = \"ZZ:US\"\n\
                [listen.https]\naddress = \"[::]:1\"\ncertificate = \"gone.pem\"\n\
                [endpoint.erp]\nkind = \"http\"\nurl = \"ftp://x\"\nsecrets = []\nretry = { first = \"2h\" }\n\
                [database]\nurl = \"postgres://me:hunter2@db/x\"\n[alerts]\nto = [\"a@us.example\"]\n";
    let folder = Folder::new(text, &[]);
    let problems = folder.problems();
    assert_problem(&problems, "gateway.toml:6:7:", "is that of station `a` already", "");
    assert_problem(&problems, "gateway.toml:9:15:", "cannot read", "");
    assert_problem(&problems, "gateway.toml:9:15:", "`key` is missing", "");
    assert_problem(&problems, "gateway.toml:12:7:", "not an HTTP URL", "");
    assert_problem(&problems, "gateway.toml:13:11:", "signing secrets is empty", "");
    assert_problem(&problems, "gateway.toml:14:19:", "longer than the longest", "");
    assert_problem(&problems, "gateway.toml:16:7:", "password is written into the URL", "credential");
    assert_problem(&problems, "gateway.toml:18:6:", "no [mail]", "");
    let shown = render(&Configuration::load(folder.path()).unwrap_err(), false);
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_profile_is_checked_against_the_gateway_and_the_others() {
    let other = ACME
        .replace("\"acme\"", "\"other\"")
        .replace("\"Acme Inc.\"", "\"Other\"\nvia = \"net\"\nstation = \"su\"");
    let folder = Folder::new(GATEWAY, &[("acme", ACME), ("other", &other), ("wrong-name", ACME)]);
    let problems = folder.problems();
    assert_problem(&problems, "partners.d/other.toml:4:7:", "there is no partner `net`", "");
    assert_problem(
        &problems,
        "partners.d/other.toml:5:11:",
        "there is no station `su`",
        "did you mean `us`?",
    );
    assert_problem(&problems, "partners.d/wrong-name.toml:2:6:", "not the file's name", "rename the file");
    let token = format!("[https]\ntokens = [\"{0}\", \"{0}\"]\n[x12]", TokenHash::of("x"));
    let same = ACME.replace("\"acme\"", "\"same\"").replace("[x12]", &token);
    let problems = Folder::new(GATEWAY, &[("acme", ACME), ("same", &same)]).problems();
    assert_problem(
        &problems,
        "partners.d/same.toml:10:6:",
        "X12 address 01:123456789",
        "partners.d/acme.toml",
    );
    assert_problem(&problems, "partners.d/same.toml:6:6:", "folder /srv/acme/in", "");
    assert_problem(&problems, "partners.d/same.toml:8:", "listed twice", "");
}

#[test]
fn a_partner_whose_every_set_would_be_held_is_warned_about() {
    let text = ACME.replace("[\"erp\"]", "[\"erp-test\"]");
    let configuration = Configuration::load(Folder::new(GATEWAY, &[("acme", &text)]).path()).unwrap();
    assert_eq!(configuration.partners.len(), 1);
    assert_eq!(configuration.problems.len(), 1);
    assert_eq!(configuration.problems[0].severity, Severity::Warning);
    assert!(configuration.problems[0].message.contains("every set will be held"));
}

#[test]
fn a_template_is_merged_and_the_stored_form_stands_alone() {
    let text = ACME.replace("status", "extends = \"retail\"\nstatus").replace("name = \"Acme Inc.\"\n", "");
    let folder = Folder::new(GATEWAY, &[("acme", &text)]);
    assert_problem(
        &folder.problems(),
        "partners.d/acme.toml:3:11:",
        "no template `retail`",
        "x12-4010-retail",
    );
    folder.write("templates/retail.toml", "[x12]\nid = \"ZZ:NOT\"\nta1 = \"never\"\n");
    assert_problem(&folder.problems(), "partners.d/acme.toml:1:1:", "the key `name` is missing", "");
    folder.write("templates/retail.toml", "name = \"Any\"\n[x12]\nid = \"ZZ:NOT\"\nta1 = \"never\"\n");
    let configuration = Configuration::load(folder.path()).unwrap();
    let profile = configuration.partner("acme").expect("in force");
    let x12 = profile.partner.x12.as_ref().unwrap();
    assert_eq!((x12.id.to_string().as_str(), x12.ta1), ("01:123456789", partner::Ta1::Never));
    let again = PartnerProfile::from_stored("acme", &profile.source).unwrap();
    assert_eq!((again.hash, &again.source), (profile.hash, &profile.source));
    assert_eq!(again.partner.x12.unwrap().ta1, partner::Ta1::Never);
    folder.write("templates/retail.toml", "extends = \"x\"\nx13 = 1\n");
    let problems = folder.problems();
    assert_problem(&problems, "templates/retail.toml:1:11:", "cannot extend", "");
    assert_problem(&problems, "templates/retail.toml:2:1:", "unknown key `x13`", "`x12`");
}

#[test]
fn shipped_templates_are_good() {
    for (name, _) in SHIPPED_TEMPLATES {
        let text = ACME.replace("status", &format!("extends = \"{name}\"\nstatus"));
        assert_eq!(Folder::new(GATEWAY, &[("acme", &text)]).problems(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn certificates_are_read_pinned_and_stored() {
    let made = rcgen::generate_simple_self_signed(vec!["acme.example".to_owned()]).unwrap();
    let text = ACME.replace("[x12]", "[https]\ncertificates = [\"certs/acme.pem\"]\n[x12]");
    let folder = Folder::new(GATEWAY, &[("acme", &text)]);
    assert_problem(
        &folder.problems(),
        "partners.d/acme.toml:8:17:",
        "cannot read the certificate",
        "PEM file",
    );
    folder.write("certs/acme.pem", "nothing");
    assert_problem(&folder.problems(), "partners.d/acme.toml:8:17:", "holds no certificate", "BEGIN");
    folder.write("certs/acme.pem", &format!("{}{}", made.signing_key.serialize_pem(), made.cert.pem()));
    let configuration = Configuration::load(folder.path()).unwrap();
    let profile = configuration.partner_of_certificate(made.cert.der()).expect("pinned");
    assert!(!profile.source.contains("PRIVATE KEY"));
    let again = PartnerProfile::from_stored("acme", &profile.source).unwrap();
    assert_eq!((again.hash, &again.certificates), (profile.hash, &profile.certificates));
    assert!(configuration.partner_of_certificate(b"other").is_none());
}

#[test]
fn a_sender_belongs_to_its_connection() {
    let network = "id = \"net\"\nname = \"Net\"\nstatus = \"live\"\n[directory]\nin = \"/srv/net\"\n";
    let carried = "id = \"carried\"\nname = \"C\"\nstatus = \"live\"\nvia = \"net\"\n[x12]\nid = \"ZZ:C\"\nother_ids = [\"ZZ:C2\"]\n";
    let folder = Folder::new(GATEWAY, &[("acme", ACME), ("net", network), ("carried", carried)]);
    assert_eq!(folder.problems(), Vec::<String>::new());
    let configuration = Configuration::load(folder.path()).unwrap();
    let acme = id("01", "123456789");
    let found = |connection: &str, sender: &PartyId, group: Option<&str>| {
        configuration
            .partner_for_sender(connection, Standard::X12, sender, group)
            .map(|p| p.partner.id.clone())
            .map_err(|e| e.reason)
    };
    assert_eq!(found("acme", &acme, None), Ok("acme".into()));
    assert_eq!(found("acme", &acme, Some("ACMEGS")), Ok("acme".into()));
    assert_eq!(found("acme", &acme, Some("EVIL")), Err(MismatchReason::GroupSender("acme".into())));
    assert_eq!(found("net", &id("ZZ", "C2"), Some("C")), Ok("carried".into()));
    assert_eq!(found("net", &acme, None), Err(MismatchReason::OtherPartner("acme".into())));
    assert_eq!(found("acme", &id("ZZ", "C"), None), Err(MismatchReason::OtherPartner("carried".into())));
    assert_eq!(found("acme", &id("ZZ", "123456789"), None), Err(MismatchReason::UnknownSender));
    assert_eq!(configuration.station(Standard::X12, &id("ZZ", "US")).unwrap().0, "us");
    assert!(configuration.station(Standard::X12, &id("01", "US")).is_none());
}

#[test]
fn a_reload_applies_what_is_good_and_keeps_what_was() {
    let second = ACME.replace("acme", "beta").replace("123456789", "2");
    let folder = Folder::new(GATEWAY, &[("acme", ACME), ("beta", &second)]);
    let store = Store::open(folder.path(), BTreeMap::new()).unwrap();
    let report = reload(&store);
    assert!(report.added.is_empty() && report.changed.is_empty() && report.removed.is_empty());

    folder.partner("acme", &ACME.replace("\"live\"", "\"paused\""));
    folder.partner("beta", "broken");
    folder.partner("gamma", &ACME.replace("acme", "gamma").replace("123456789", "3"));
    let report = reload(&store);
    assert_eq!(
        (report.added, report.changed, report.removed),
        (vec!["gamma".into()], vec!["acme".into()], vec![])
    );
    assert_eq!(report.kept_last_good.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["beta"]);
    assert_eq!(store.current().partner("beta").unwrap().source, second);

    folder.write("gateway.toml", "[us");
    std::fs::remove_file(folder.path().join("partners.d/gamma.toml")).unwrap();
    let report = reload(&store);
    assert!(report.gateway_kept && !report.problems.is_empty());
    assert_eq!(store.current().partners.len(), 3);

    folder.write("gateway.toml", &GATEWAY.replace("Us Inc.", "We Inc."));
    let report = reload(&store);
    assert!(report.gateway_changed && !report.gateway_kept);
    assert_eq!(report.removed, ["gamma"]);
}

#[test]
fn the_last_good_version_survives_a_restart() {
    let folder = Folder::new(GATEWAY, &[("acme", "broken"), ("beta", "broken")]);
    let stored = BTreeMap::from([
        ("acme".to_owned(), PartnerProfile::from_stored("acme", ACME).unwrap()),
        ("removed".to_owned(), PartnerProfile::from_stored("acme", ACME).unwrap()),
    ]);
    let store = Store::open(folder.path(), stored).unwrap();
    let current = store.current();
    assert_eq!(current.partners.keys().collect::<Vec<_>>(), ["acme"]);
    assert_eq!(current.problems.len(), 2);
}

#[test]
fn an_address_stays_with_who_has_it() {
    let folder = Folder::new(GATEWAY, &[("zeta", &ACME.replace("acme", "zeta"))]);
    let store = Store::open(folder.path(), BTreeMap::new()).unwrap();
    folder.partner("acme", ACME);
    let report = reload(&store);
    assert!(report.added.is_empty(), "{:?}", report.added);
    assert_eq!(report.problems.len(), 1);
    assert!(report.problems[0].message.contains("is that of partner `zeta`"));
}

/// Two partners that trade their addresses in one reload: neither is in the other's way.
#[test]
fn addresses_can_be_traded() {
    let folder = Folder::new(
        GATEWAY,
        &[("acme", ACME), ("beta", &ACME.replace("acme", "beta").replace("123456789", "2"))],
    );
    let store = Store::open(folder.path(), BTreeMap::new()).unwrap();
    folder.partner("acme", &ACME.replace("123456789", "2"));
    folder.partner("beta", &ACME.replace("acme", "beta"));
    let report = reload(&store);
    assert_eq!((report.changed.len(), report.problems.len()), (2, 0), "{:?}", report.problems);
}

#[test]
fn every_key_is_in_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md");
    let reference = std::fs::read_to_string(path).unwrap();
    let mut missing = Vec::new();
    for schema in [gateway_schema(), partner_schema()] {
        keys(schema, &mut |key| {
            if !reference.contains(&format!("`{key}`")) && !reference.contains(&format!("`{{ {key} = ")) {
                missing.push(key.to_owned());
            }
        });
    }
    assert_eq!(missing, Vec::<String>::new(), "keys that docs/profiles.md does not name");
}

/// The other way round: the first column of its tables names no key that is not there.
#[test]
fn the_reference_names_no_key_that_is_gone() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md");
    let reference = std::fs::read_to_string(path).unwrap();
    let mut known = std::collections::HashSet::new();
    for schema in [gateway_schema(), partner_schema()] {
        keys(schema, &mut |key| {
            known.insert(key.to_owned());
        });
    }
    let cells = reference.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let named: Vec<_> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 100, "only {} keys found", named.len());
    let gone: Vec<_> = named.iter().filter(|key| !key.split('.').all(|part| known.contains(part))).collect();
    assert_eq!(gone, Vec::<&&str>::new(), "keys in docs/profiles.md that no file may have");
}

fn keys(schema: &serde_json::Value, visit: &mut impl FnMut(&str)) {
    if let Some(properties) = schema.get("properties").and_then(|p| p.as_object()) {
        properties.keys().for_each(|key| visit(key));
    }
    match schema {
        serde_json::Value::Object(map) => map.values().for_each(|value| keys(value, visit)),
        serde_json::Value::Array(list) => list.iter().for_each(|value| keys(value, visit)),
        _ => {}
    }
}

/// The examples, read as JSON, fit the schemas that editors get.
#[test]
fn the_schemas_accept_the_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("partner-profiles");
    for (file, schema) in [
        ("example/gateway.toml", gateway_schema()),
        ("example/partners.d/acme-retail.toml", partner_schema()),
        ("example-as2/gateway.toml", gateway_schema()),
        ("example-as2/partners.d/acme-retail.toml", partner_schema()),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let values: serde_json::Value = toml::from_str(&text).unwrap();
        let validator = jsonschema::validator_for(schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&values).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{file}");
    }
}

/// A reload that nobody writes down.
pub(super) fn reload(store: &Store) -> ReloadReport {
    let kept: Result<_, std::convert::Infallible> = store.reload(|_| Ok(()));
    kept.unwrap()
}
