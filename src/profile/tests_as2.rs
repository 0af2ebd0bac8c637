//! AS2 in configuration folders: certificates pinned and chosen by date, our own keys, and what is told about them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::certificates::{Owner, Standing};
use super::tests::{Folder, assert_problem, reload};
use super::*;
use jiff::Timestamp;
use portway_as2::certificate::{Identity, KeyKind};
use std::path::Path;
use std::sync::LazyLock;

/// What is "now" where a test chooses it.
const NOW: &str = "2026-11-24T12:00:00Z";

const GATEWAY: &str = r#"
[us]
name = "Us Inc."
as2 = "US"
x12 = "ZZ:US"
keys = [{ certificate = "certs/us.pem", key = { file = "certs/us.key" } }]
[listen.as2]
address = "127.0.0.1:0"
url = "https://as2.us.example/as2"
[endpoint.erp]
kind = "directory"
path = "/srv/erp"
"#;

const ACME: &str = r#"
id = "acme"
name = "Acme Inc."
status = "live"
[as2]
id = "ACME"
url = "https://as2.acme.example/in"
certificates = ["certs/acme.pem"]
[x12]
id = "01:123456789"
[receive.850]
to = ["erp"]
"#;

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Made `before` days before [`NOW`], for `days`.
fn identity(name: &str, kind: KeyKind, before: i64, days: u32) -> Identity {
    Identity::generate(name, kind, now().as_second() - before * 86_400, days).unwrap()
}

/// RSA keys take their time: three do for all tests.
static US: LazyLock<Identity> = LazyLock::new(|| identity("Us", KeyKind::Rsa(2048), 10, 700));
static ACME_2026: LazyLock<Identity> = LazyLock::new(|| identity("Acme", KeyKind::Rsa(2048), 300, 320));
static ACME_2027: LazyLock<Identity> = LazyLock::new(|| identity("Acme", KeyKind::Rsa(2048), 1, 700));

fn pem(identity: &Identity) -> String {
    identity.certificate().to_pem().unwrap()
}

fn key(identity: &Identity) -> String {
    String::from_utf8(identity.key().to_pem(None).unwrap()).unwrap()
}

/// A folder with our key and Acme's certificates.
fn folder(gateway: &str, partners: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(gateway, partners);
    folder.write("certs/us.pem", &pem(&US));
    folder.write("certs/us.key", &key(&US));
    folder.write("certs/acme.pem", &pem(&ACME_2026));
    folder.write("certs/acme-2027.pem", &pem(&ACME_2027));
    folder
}

fn load(folder: &Folder) -> Configuration {
    Configuration::read(folder.path(), &LastGood::new(), Reader::Gateway, now()).unwrap()
}

fn told(folder: &Folder) -> Vec<String> {
    let read = Configuration::read(folder.path(), &LastGood::new(), Reader::Gateway, now());
    let problems = read.map_or_else(|problems| problems, |configuration| configuration.problems);
    problems.iter().map(|p| folder.short(p)).collect()
}

#[test]
fn a_good_as2_folder_has_no_problems_and_finds_its_partner() {
    let folder = folder(GATEWAY, &[("acme", ACME)]);
    assert_eq!(told(&folder), Vec::<String>::new());
    let configuration = load(&folder);
    let (profile, station) = configuration.as2_partner("ACME", "US").unwrap();
    assert_eq!((profile.partner.id.as_str(), station), ("acme", "us"));
    // Case counts, and the station counts.
    for (from, to) in [("acme", "US"), ("ACME", "us"), ("ACME", "ACME"), ("US", "US")] {
        assert!(configuration.as2_partner(from, to).is_none(), "{from} {to}");
    }
    assert_eq!(configuration.signing_identity("us", now()).unwrap().certificate(), US.certificate());
    assert_eq!(configuration.identities("us").len(), 1);
    assert!(configuration.identities("other").is_empty());
}

#[test]
fn a_partner_belongs_to_its_station() {
    let gateway = GATEWAY.replace("[us]", "[station.us]")
        + "[station.them]\nname = \"Them\"\nas2 = \"THEM\"\nx12 = \"ZZ:THEM\"\nkeys = [{ certificate = \"certs/us.pem\", key = { file = \"certs/us.key\" } }]\n";
    let of = |id: &str, station: &str| {
        ACME.replace("status", &format!("station = \"{station}\"\nstatus"))
            .replace("\"acme\"", &format!("\"{id}\""))
    };
    let (one, other) = (of("acme", "us"), of("acme-them", "them"));
    let folder = folder(&gateway, &[("acme", &one), ("acme-them", &other)]);
    assert_eq!(told(&folder), Vec::<String>::new());
    let configuration = load(&folder);
    let id = |to| configuration.as2_partner("ACME", to).unwrap().0.partner.id.clone();
    assert_eq!((id("US"), id("THEM")), ("acme".to_owned(), "acme-them".to_owned()));
    // The same name twice at one station.
    folder.partner("acme-them", &of("acme-them", "us").replace("123456789", "2"));
    assert_problem(
        &told(&folder),
        "partners.d/acme-them.toml:7:6:",
        "the AS2 name ACME is that of partner `acme`",
        "",
    );
}

#[test]
fn a_stored_profile_holds_its_certificates() {
    let text = ACME.replace(
        "[\"certs/acme.pem\"]",
        "[\"certs/acme.pem\", { file = \"certs/acme-2027.pem\", from = \"2027-01-31\" }]\n\
         client_certificates = [\"certs/us.pem\"]",
    );
    let folder = folder(GATEWAY, &[("acme", &text)]);
    assert_eq!(told(&folder), Vec::<String>::new());
    let configuration = load(&folder);
    let profile = configuration.partner("acme").unwrap();
    assert!(!profile.source.contains("certs/"), "{}", profile.source);
    let again = PartnerProfile::from_stored("acme", &profile.source).unwrap();
    assert_eq!((again.hash, &again.source), (profile.hash, &profile.source));
    for profile in [profile.as_ref(), &again] {
        let as2 = profile.as2.as_ref().unwrap();
        assert_eq!(as2.signers(), [ACME_2026.certificate().clone(), ACME_2027.certificate().clone()]);
        assert_eq!(as2.client_certificates()[0].as_ref(), US.certificate().der());
        let to = |at: &str| as2.encrypt_to(at.parse().unwrap()).cloned().unwrap();
        assert_eq!(&to("2027-01-30T23:59:59Z"), ACME_2026.certificate());
        assert_eq!(&to("2027-01-31T00:00:00Z"), ACME_2027.certificate());
    }
    // A renewed certificate in an unchanged file is a new version.
    let before = profile.hash;
    folder.write("certs/us.pem", &pem(&ACME_2027));
    folder.write("certs/us.key", &key(&ACME_2027));
    assert_ne!(load(&folder).partner("acme").unwrap().hash, before);
}

#[test]
fn a_certificate_in_der_is_taken_and_a_key_beside_one_is_left_out() {
    let folder = folder(GATEWAY, &[("acme", ACME)]);
    std::fs::write(folder.path().join("certs/acme.pem"), ACME_2026.certificate().der()).unwrap();
    let from_der = load(&folder).partner("acme").unwrap().source.clone();
    folder.write("certs/acme.pem", &(key(&ACME_2026) + &pem(&ACME_2026)));
    let beside_key = load(&folder).partner("acme").unwrap().source.clone();
    assert!(!beside_key.contains("PRIVATE KEY"));
    assert_eq!(from_der, beside_key);
}

#[test]
fn what_is_encrypted_to_follows_from_and_validity() {
    let old = identity("Acme", KeyKind::Rsa(2048), 400, 365);
    let text = ACME.replace(
        "[\"certs/acme.pem\"]",
        "[\"certs/acme.pem\", { file = \"certs/old.pem\", from = \"2026-11-01\" }]",
    );
    let folder = folder(GATEWAY, &[("acme", &text)]);
    folder.write("certs/old.pem", &pem(&old));
    let configuration = load(&folder);
    // The later `from` has expired: the one that is valid goes before it.
    let as2 = configuration.partner("acme").unwrap().as2.clone().unwrap();
    assert_eq!(as2.encrypt_to(now()), Some(ACME_2026.certificate()));
    assert_problem(
        &told(&folder),
        "partners.d/acme.toml:8:",
        "CN=Acme expired on 2026-10-20",
        "portway cert import FILE --partner acme",
    );
    // When both have expired, `from` decides again.
    assert_eq!(as2.encrypt_to("2027-06-01T00:00:00Z".parse().unwrap()), Some(old.certificate()));
    // An EC key is never encrypted to.
    folder.write("certs/old.pem", &pem(&identity("Acme", KeyKind::P256, 1, 365)));
    let as2 = load(&folder).partner("acme").unwrap().as2.clone().unwrap();
    assert_eq!(as2.encrypt_to(now()), Some(ACME_2026.certificate()));
    assert_eq!(as2.signers().len(), 2);
}

#[test]
fn our_successor_signs_from_its_day_and_both_decrypt() {
    let gateway = GATEWAY.replace(
        " }]\n[listen",
        " }, { certificate = \"certs/next.pem\", key = { file = \"certs/next.key\" }, passphrase = { file = \"certs/word\" }, from = \"2027-01-01\" }]\n[listen",
    );
    let next = identity("Us", KeyKind::P256, 1, 700);
    let folder = folder(&gateway, &[("acme", ACME)]);
    folder.write("certs/next.pem", &pem(&next));
    folder.write("certs/next.key", &String::from_utf8(next.key().to_pem(Some(b"word")).unwrap()).unwrap());
    folder.write("certs/word", "word\n");
    assert_eq!(told(&folder), Vec::<String>::new());
    let configuration = load(&folder);
    let signs =
        |at: &str| configuration.signing_identity("us", at.parse().unwrap()).unwrap().certificate().clone();
    assert_eq!(&signs("2026-12-31T23:59:59Z"), US.certificate());
    assert_eq!(&signs("2027-01-01T00:00:00Z"), next.certificate());
    assert_eq!(configuration.keys.decrypting("us").len(), 2);
    assert!(!format!("{configuration:?}").contains("PRIVATE"));
    // The station's certificates are listed by what they do now.
    let standing = |at: &str| {
        let held = configuration.certificates(Path::new("/nowhere"), at.parse().unwrap());
        let own = held.into_iter().filter(|held| held.owner == Owner::Station("us".into()));
        own.map(|held| held.standing).collect::<Vec<_>>()
    };
    assert_eq!(standing(NOW), [Standing::InForce, Standing::Later]);
    assert_eq!(standing("2027-01-01T00:00:00Z"), [Standing::Superseded, Standing::InForce]);
    // A wrong passphrase.
    folder.write("certs/word", "other");
    assert_problem(
        &told(&folder),
        "gateway.toml:6:",
        "passphrase is missing or wrong",
        "passphrase = { credential",
    );
}

#[test]
fn a_key_that_cannot_be_read_is_fatal_for_the_gateway_alone() {
    let folder = folder(GATEWAY, &[("acme", ACME)]);
    folder.write("certs/us.key", &key(&ACME_2026));
    assert_problem(
        &told(&folder),
        "gateway.toml:6:41:",
        "does not belong to this certificate",
        "portway cert new",
    );
    folder.write("certs/us.key", "nothing");
    assert_problem(&told(&folder), "gateway.toml:6:41:", "no private key in PEM", "BEGIN PRIVATE KEY");
    std::fs::remove_file(folder.path().join("certs/us.key")).unwrap();
    assert_problem(
        &told(&folder),
        "gateway.toml:6:41:",
        "cannot read the secret from file `certs/us.key`",
        "gateway's user",
    );
    assert!(Configuration::load(folder.path()).is_err(), "also for those who only look");
    folder.write("certs/us.pem", "nothing");
    assert_problem(&told(&folder), "gateway.toml:6:25:", "no BEGIN CERTIFICATE line", "-----BEGIN");

    // A credential is the service's: whoever only looks goes without the key, and knows the certificate.
    let credential = GATEWAY.replace("{ file = \"certs/us.key\" }", "{ env = \"PORTWAY_TEST_NO_SUCH_KEY\" }");
    let folder = super::tests_as2::folder(&credential, &[("acme", ACME)]);
    assert_problem(&told(&folder), "gateway.toml:6:41:", "it is not set", "");
    let configuration = Configuration::load(folder.path()).unwrap();
    assert!(configuration.identities("us").is_empty());
    assert_eq!(&configuration.keys.certificates("us")[0].certificate, US.certificate());
}

#[test]
fn a_reload_with_a_broken_key_keeps_the_one_in_force() {
    let folder = folder(GATEWAY, &[("acme", ACME)]);
    let store = Store::open(folder.path(), std::collections::BTreeMap::new()).unwrap();
    folder.write("certs/us.key", "nothing");
    let report = reload(&store);
    assert!(report.gateway_kept && report.problems.iter().any(Problem::is_error), "{:?}", report.problems);
    assert_eq!(store.current().identities("us").len(), 1);
    // Renewed in place: the text of gateway.toml is the same, the key is not.
    folder.write("certs/us.pem", &pem(&ACME_2027));
    folder.write("certs/us.key", &key(&ACME_2027));
    assert!(!reload(&store).gateway_kept);
    assert_eq!(store.current().identities("us")[0].identity.certificate(), ACME_2027.certificate());
}

#[test]
fn our_side_is_checked() {
    let lists = GATEWAY
        .replace("as2 = \"US\"", "as2 = \"Us\\tInc\"")
        .replace("[listen.as2]\naddress = \"127.0.0.1:0\"", "[listen.as2]\naddress = \"127.0.0.1:4443\"\nplain_address = \"127.0.0.1:4443\"\ncertificate = \"certs/us.pem\"")
        .replace("https://as2.us.example/as2", "as2.us.example");
    let problems = told(&folder(&lists, &[]));
    assert_problem(&problems, "gateway.toml:4:7:", "printable ASCII", "AS2-From");
    assert_problem(&problems, "gateway.toml:9:17:", "has the address of the one with it", "port of its own");
    assert_problem(&problems, "gateway.toml:10:15:", "`key` is missing", "name both, or neither");
    assert_problem(&problems, "gateway.toml:11:7:", "this is not an HTTP URL", "https://host/path");

    let two = GATEWAY
        .replace("[listen.as2]", "[station.b]\nname = \"B\"\nas2 = \"US\"\nx12 = \"ZZ:B\"\n[listen.as2]");
    assert_problem(
        &told(&folder(&two, &[])),
        "gateway.toml:9:7:",
        "is that of station `us` already",
        "one station",
    );

    let from = GATEWAY.replace("us.key\" } }", "us.key\" }, from = \"31.1.2027\" }");
    assert_problem(
        &told(&folder(&from, &[])),
        "gateway.toml:6:81:",
        "`31.1.2027` is neither a day nor an instant",
        "2027-01-31",
    );
    let from = GATEWAY.replace("us.key\" } }", "us.key\" }, from = \"2027-01-31\" }");
    assert_problem(&told(&folder(&from, &[])), "gateway.toml:6:8:", "no key signs yet", "leave `from` out");

    let nameless = GATEWAY.replace("as2 = \"US\"\n", "");
    let problems = told(&folder(&nameless, &[]));
    assert_problem(&problems, "gateway.toml:5:8:", "no AS2 name to use them under", "OURNAME");
    assert_problem(&problems, "gateway.toml:6:9:", "no station has an AS2 name", "under [us]");

    let folder = folder(GATEWAY, &[]);
    let old = identity("Us", KeyKind::P256, 400, 365);
    folder.write("certs/us.pem", &pem(&old));
    folder.write("certs/us.key", &key(&old));
    let problems = told(&folder);
    assert_problem(
        &problems,
        "gateway.toml:6:25:",
        "CN=Us expired on 2026-10-20",
        "portway cert new --station us",
    );
    assert_problem(&problems, "gateway.toml:6:8:", "only EC keys", "--rsa 2048");
}

/// Each fault of a profile: what is written instead, the line that is named, a word of the message and of the help.
#[test]
fn a_partners_as2_is_checked() {
    let with = |more: &str| ACME.replace("[x12]", &format!("{more}\n[x12]"));
    let url = |text: &str| ACME.replace("https://as2.acme.example/in", text);
    let none = ACME.replace("certificates = [\"certs/acme.pem\"]\n", "");
    let cases: &[(String, &str, &str, &str)] = &[
        (ACME.replace("\"ACME\"", "\"\""), "6:6:", "1 to 128 characters; here are 0", "AS2-From"),
        (ACME.replace("\"ACME\"", &format!("\"{}\"", "A".repeat(129))), "6:6:", "here are 129", ""),
        (ACME.replace("\"ACME\"", "\"ACMÉ\""), "6:6:", "printable ASCII", ""),
        (ACME.replace("\"ACME\"", "\"ACME \""), "6:6:", "begins or ends with a blank", "take the blank out"),
        (ACME.replace("\"ACME\"", "'\"ACME\"'"), "6:6:", "quotation mark", "without the quotes"),
        (url("as2.acme.example"), "7:7:", "not an HTTP URL", "https://host"),
        (url("ftp://as2.acme.example"), "7:7:", "not an HTTP URL", "https://host"),
        (url("https://me:word@as2.acme.example"), "7:7:", "user and password", "take them out"),
        (url("http://as2.acme.example"), "7:7:", "no TLS", "https://"),
        (
            none.clone(),
            "5:2:",
            "the partner's certificate is missing",
            "portway cert import FILE --partner acme",
        ),
        (
            none.replace("url = ", "encrypt = \"none\"\nurl = "),
            "5:2:",
            "signatures cannot be verified",
            "accept_unsigned",
        ),
        (
            none.replace("url = ", "encrypt = \"none\"\naccept_unsigned = true\nurl = "),
            "5:2:",
            "signed receipts",
            "mdn_signed",
        ),
        (
            ACME.replace("[\"certs/acme.pem\"]", "[\"certs/ec.pem\"]"),
            "8:16:",
            "only to RSA keys",
            "RSA certificate",
        ),
        (
            ACME.replace("[\"certs/acme.pem\"]", "[\"certs/acme.pem\", \"certs/acme.pem\"]"),
            "8:35:",
            "listed twice",
            "remove",
        ),
        (
            ACME.replace("\"certs/acme.pem\"", "{ file = \"certs/acme.pem\", from = \"soon\" }"),
            "8:51:",
            "`soon` is neither",
            "2027-01-31",
        ),
        (
            ACME.replace("\"certs/acme.pem\"", "{ file = \"certs/acme.pem\", from = \"2027-02-30\" }"),
            "8:51:",
            "`2027-02-30` is no day",
            "2027-01-31",
        ),
        (
            ACME.replace("\"certs/acme.pem\"", "{ file = \"certs/acme.pem\", from = \"2027-01-30\" }"),
            "8:16:",
            "nothing can be encrypted yet",
            "leave `from` out",
        ),
        (
            ACME.replace("\"certs/acme.pem\"", "{ file = \"certs/acme.pem\", form = \"2027-01-30\" }"),
            "8:44:",
            "unknown key `form`",
            "did you mean `from`?",
        ),
        (
            ACME.replace("\"certs/acme.pem\"", "{ file = \"certs/gone.pem\" }"),
            "8:26:",
            "cannot read the certificate",
            "PEM file",
        ),
        (
            ACME.replace("certs/acme.pem", "certs/sign-only.pem"),
            "8:16:",
            "does not name keyEncipherment",
            "which certificate",
        ),
        (with("mdn = \"asink\""), "9:7:", "unknown word `asink`", "did you mean `async`?"),
        (with("mdn_due = \"0s\""), "9:11:", "cannot be zero", "an hour"),
        (with("password = { env = \"X\" }"), "9:1:", "without a username", "username"),
        (with("username = \"me\""), "9:12:", "without a password", "credential"),
        (with("username = \"me:you\"\npassword = { env = \"X\" }"), "9:12:", "cannot be a username", "colon"),
        (with("subject = \"a\\nb\""), "9:11:", "one line", ""),
        (with("encrypt = \"3des\""), "9:11:", "3DES is withdrawn", "aes256-cbc"),
        (with("mdn_urls = [\"https://a.example/x\", \"/x\"]"), "9:36:", "not an HTTP URL", ""),
        (with("mdn_urls = [\"https://a.example/x?y\"]"), "9:13:", "has no query", "origin"),
        (with("ca = \"certs/gone.pem\""), "9:6:", "cannot read", "configuration folder"),
        (
            with("client_certificates = [\"certs/gone.pem\"]"),
            "9:24:",
            "cannot read the certificate",
            "PEM file",
        ),
        (
            with("[as2.interop]\nnew_message_i = true"),
            "10:1:",
            "unknown key `new_message_i`",
            "new_message_id",
        ),
        (
            with("[as2.login]\nusername = \"\"\npassword = \"geheim\""),
            "11:12:",
            "not a token's hash",
            "sha256",
        ),
    ];
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let sign_only =
        parameters.self_signed(&rcgen::KeyPair::from_pem(&key(&ACME_2026)).unwrap()).unwrap().pem();
    for (text, place, message, help) in cases {
        let folder = folder(GATEWAY, &[("acme", text)]);
        folder.write("certs/ec.pem", &pem(&identity("Acme", KeyKind::P256, 1, 365)));
        folder.write("certs/sign-only.pem", &sign_only);
        let problems = told(&folder);
        assert_problem(&problems, &format!("partners.d/acme.toml:{place}"), message, help);
        assert_eq!(problems.len(), 1, "one fault, one problem: {problems:#?}");
    }
}

#[test]
fn what_as2_needs_of_our_side_is_checked() {
    let closed = GATEWAY
        .replace("[listen.as2]\naddress = \"127.0.0.1:0\"\nurl = \"https://as2.us.example/as2\"\n", "");
    let asks = ACME.replace("[x12]", "mdn = \"async\"\n[x12]");
    assert_problem(
        &told(&folder(&closed, &[("acme", &asks)])),
        "partners.d/acme.toml:9:7:",
        "no address for them",
        "[listen.as2]",
    );
    let silent = ACME.replace("url = \"https://as2.acme.example/in\"\n", "");
    assert_problem(
        &told(&folder(&closed, &[("acme", &silent)])),
        "partners.d/acme.toml:5:2:",
        "no way in and no way out",
        "",
    );
    assert_eq!(told(&folder(GATEWAY, &[("acme", &silent)])), Vec::<String>::new());

    let keyless = GATEWAY
        .replace("keys = [{ certificate = \"certs/us.pem\", key = { file = \"certs/us.key\" } }]\n", "");
    assert_problem(
        &told(&folder(&keyless, &[("acme", ACME)])),
        "partners.d/acme.toml:5:2:",
        "`us` has no key",
        "portway cert new --station us",
    );
    let nameless = GATEWAY.replace("as2 = \"US\"\n", "");
    assert_problem(
        &told(&folder(&nameless, &[("acme", ACME)])),
        "partners.d/acme.toml:5:2:",
        "`us` has no AS2 name",
        "gateway.toml",
    );

    // A draft may lack all of it, and is in force all the same.
    let draft = ACME.replace("\"live\"", "\"draft\"").replace("certificates = [\"certs/acme.pem\"]\n", "");
    let folder = folder(&keyless, &[("acme", &draft)]);
    let configuration = load(&folder);
    assert!(configuration.partner("acme").is_some());
    assert_eq!(configuration.problems.len(), 2, "{:?}", configuration.problems);
    assert!(configuration.problems.iter().all(|p| p.severity == Severity::Warning));
}
