//! A trading partner's profile: one file `partners.d/<id>.toml`.
//!
//! Promises: the types are the file, key by key; their comments are the descriptions that `portway schema partner`
//! shows, and everything that can have a default has one. Addresses and token hashes are checked when read, so
//! that code holding one holds a good one. A key that is not here is an error.
//! Fails for this partner only; errors never repeat what could be a secret.

use super::due::Due;
use super::duration::{Rate, Span};
use super::secret::Secret;
pub use super::value::{CertificateSource, EdifactId, TokenHash, X12Id};
use portway_edi::Standard;
use portway_edi::schema::Guide;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The file's name without `.toml`.
    pub id: String,
    /// The company's name, as people write it.
    pub name: String,
    /// How far the partner is: `draft`, `test`, `live` or `paused`.
    pub status: Status,
    /// A shipped or own template (`templates/<name>.toml`); one level only.
    pub extends: Option<String>,
    /// The network (another profile's id) whose connection carries this partner.
    pub via: Option<String>,
    /// Which of our stations; default the only one.
    pub station: Option<String>,
    /// Where the partner's clocks are, `America/Chicago`: dates and times in our envelopes, hours of sending. Default UTC.
    pub time_zone: Option<super::hour::Zone>,
    /// What our own systems call the partner: customer and supplier numbers, its GLN. Files for several partners say it by these.
    #[serde(default)]
    pub known_as: Vec<String>,
    /// Operators of this partner, mailed beside the gateway's.
    #[serde(default)]
    pub operators: Vec<String>,
    /// The partner speaks AS2.
    pub as2: Option<super::as2::As2>,
    /// The partner comes to our HTTPS door.
    pub https: Option<Https>,
    /// The partner comes to our SFTP door.
    pub sftp: Option<super::sftp::Sftp>,
    /// The partner has an SFTP server, and we are the client.
    pub sftp_client: Option<super::sftp_client::SftpClient>,
    /// The partner leaves files in a folder.
    pub directory: Option<Directory>,
    /// What is done with files: archives that are opened, names that say what lies in them.
    #[serde(default)]
    pub files: super::files::Files,
    /// The partner's X12 addresses and habits.
    pub x12: Option<X12>,
    /// Addresses and habits in EDIFACT.
    pub edifact: Option<Edifact>,
    /// What was agreed on beyond the standard, by set code: laid over its schema.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, GuideShape>")]
    pub guide: BTreeMap<String, Guide>,
    /// What the partner's codes mean where they differ from the standard: by table (`party_role`) and code, one of our words.
    #[serde(default)]
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
    /// The partner's item numbers and packs, and ours.
    pub items: Option<ItemsSource>,
    /// What we take, by set code (`850`).
    #[serde(default)]
    pub receive: BTreeMap<String, Receive>,
    /// What we send, by set code (`997` needs no entry).
    #[serde(default)]
    pub send: BTreeMap<String, Send>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Being written: nothing is taken, nothing is sent.
    Draft,
    /// Only interchanges marked as test are processed.
    Test,
    Live,
    /// Taken and kept, but not worked on.
    Paused,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Https {
    /// SHA-256 of the bearer token, `sha256:<64 hex>`; several while rotating.
    #[serde(default)]
    pub tokens: Vec<TokenHash>,
    /// Client certificates, pinned: PEM files relative to the configuration folder; several while rotating.
    #[serde(default)]
    pub certificates: Vec<CertificateSource>,
    /// Where we post our answers. Absent: they wait in `GET /edi/outbox`.
    pub url: Option<String>,
    /// The bearer token we show there.
    pub token: Option<Secret>,
    /// Extra certificate authorities (PEM) for that URL.
    pub ca: Option<PathBuf>,
    /// How many requests it may make at our door, on each gateway: `50/s`. Default that of the door.
    pub rate: Option<Rate>,
    /// How many at once after a rest. Default what comes in five seconds.
    pub burst: Option<NonZeroU32>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Where the partner's files arrive.
    #[serde(rename = "in")]
    pub inbound: PathBuf,
    /// Where our answers are written; absent: they take another way.
    pub out: Option<PathBuf>,
    /// Where taken files go; absent: they are removed once committed.
    pub taken: Option<PathBuf>,
    /// Names that are taken; default every file that is not temporary.
    #[serde(default = "any")]
    pub pattern: String,
    /// A file is complete when neither size nor time changed for this long.
    #[serde(default = "settle")]
    pub settle: Span,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct X12 {
    /// ISA qualifier:id.
    pub id: X12Id,
    /// Other ids the same partner sends under.
    #[serde(default)]
    pub other_ids: Vec<X12Id>,
    /// GS02 where it differs from the ISA id.
    pub group_id: Option<String>,
    /// GS08 of what we send.
    #[serde(default = "version")]
    pub version: String,
    /// The time a 997 or 999 for our documents may take; `0s`: none is expected.
    #[serde(default = "day")]
    pub acknowledged_within: Span,
    /// How often what a 997, 999 or TA1 did not come for is sent again: the same bytes.
    #[serde(default)]
    pub resends: u32,
    /// ISA14 = 1 in what we send: a TA1 is expected too.
    #[serde(default)]
    pub request_ta1: bool,
    /// Control numbers without gaps, also after a crash; interchanges of the same parties then wait for each other.
    #[serde(default)]
    pub gapless: bool,
    /// The separators of what we send.
    #[serde(default)]
    pub separators: Separators,
    /// When a TA1 is owed.
    #[serde(default)]
    pub ta1: Ta1,
    /// Whether a 997 is owed.
    #[serde(default = "yes")]
    pub functional_acknowledgement: bool,
    /// `997`, or `999` for groups of version 005010 and later.
    #[serde(default)]
    pub acknowledge_with: AcknowledgeWith,
    /// `strict`: any error rejects the set; `element-errors`: errors within elements are accepted with errors.
    #[serde(default)]
    pub tolerance: Tolerance,
    /// The window in which an interchange control number counts as seen.
    #[serde(default = "window")]
    pub duplicate_window: Span,
    /// What happens to a control number seen with other content.
    #[serde(default)]
    pub duplicate_interchange: DuplicateInterchange,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edifact {
    /// UNB qualifier:id.
    pub id: EdifactId,
    /// Other ids the same partner sends under.
    #[serde(default)]
    pub other_ids: Vec<EdifactId>,
    /// The UNG sender where it differs from the UNB id.
    pub group_id: Option<String>,
    /// The time a CONTRL for our messages may take; it is then asked for (0031 = 1). Default: none is expected.
    pub acknowledged_within: Option<Span>,
    /// How often what a CONTRL did not come for is sent again: the same bytes.
    #[serde(default)]
    pub resends: u32,
    /// Control references without gaps, also after a crash; interchanges of the same parties then wait for each other.
    #[serde(default)]
    pub gapless: bool,
    /// 0001 of what we send, `UNOA` to `UNOY`. Default `UNOC`.
    pub syntax: Option<String>,
    /// 0002 of what we send. Default 3.
    pub syntax_version: Option<u8>,
    /// A UNA is always written.
    #[serde(default)]
    pub service_string: bool,
    /// 0032, the agreement that our messages name.
    pub agreement: Option<String>,
    /// When a CONTRL is owed.
    #[serde(default)]
    pub contrl: Contrl,
    /// What a CONTRL says of an interchange that is accepted.
    #[serde(default)]
    pub report: ContrlReport,
    /// Whether findings that a CONTRL has no word for, since they reject nothing, are told by an APERAK.
    #[serde(default)]
    pub aperak: Aperak,
    /// `strict`: any error rejects the message; `element-errors`: errors within elements are accepted.
    #[serde(default)]
    pub tolerance: Tolerance,
    /// The window in which an interchange control reference counts as seen.
    #[serde(default = "window")]
    pub duplicate_window: Span,
    /// What happens to a control reference seen with other content.
    #[serde(default)]
    pub duplicate_interchange: DuplicateInterchange,
}

/// One character each. Where a value holds one of them, that interchange takes another.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Separators {
    /// Default `*`.
    pub element: Option<char>,
    /// Default `>`.
    pub component: Option<char>,
    /// Default `~`; often `"\n"`.
    pub segment: Option<char>,
    /// Default `^`; from 005010 on.
    pub repetition: Option<char>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contrl {
    /// 0031 = 1.
    #[default]
    OnRequest,
    Always,
    /// Only when something is rejected.
    OnError,
    Never,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContrlReport {
    /// The verdict, and each message that is rejected.
    #[default]
    Verdict,
    /// The verdict, and every message.
    EveryMessage,
    /// Only that it came (action 8).
    Receipt,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aperak {
    #[default]
    Never,
    /// One for each message that is accepted with findings.
    OnFindings,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AcknowledgeWith {
    #[default]
    #[serde(rename = "997")]
    Functional,
    #[serde(rename = "999")]
    Implementation,
}

/// The keys of a [`Guide`], for the JSON Schema; reading them is the guide's own.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct GuideShape {
    /// `basic`, `extended` or `utf-8`; other characters are findings.
    characters: Option<String>,
    /// Elements that must be there whenever their segment is.
    #[serde(default)]
    mandatory: Vec<String>,
    /// Segments or loops that must be there, `REF`; `PO1/PID` in each loop PO1.
    #[serde(default)]
    mandatory_segments: Vec<String>,
    /// Elements that stay empty.
    #[serde(default)]
    unused: Vec<String>,
    /// Segments that do not come.
    #[serde(default)]
    unused_segments: Vec<String>,
    /// Segments that may come anywhere.
    #[serde(default)]
    extra_segments: Vec<String>,
    /// Codes of findings, everywhere or at one element: noted, never answered.
    #[serde(default)]
    tolerated: Vec<String>,
    /// Of the code list, only these.
    #[serde(default)]
    codes: BTreeMap<String, Vec<String>>,
    /// Beside the code list, these too.
    #[serde(default)]
    extra_codes: BTreeMap<String, Vec<String>>,
    /// Characters at most.
    #[serde(default)]
    longest: BTreeMap<String, u32>,
}

/// What both standards' sections say of reading and of repeated control numbers.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    pub tolerance: Tolerance,
    pub duplicate_window: Span,
    pub duplicate_interchange: DuplicateInterchange,
}

impl Partner {
    /// `None` where the partner does not speak the standard.
    pub fn habits(&self, standard: Standard) -> Option<Habits> {
        match standard {
            Standard::X12 => self.x12.as_ref().map(|x12| Habits {
                tolerance: x12.tolerance,
                duplicate_window: x12.duplicate_window,
                duplicate_interchange: x12.duplicate_interchange,
            }),
            Standard::Edifact => self.edifact.as_ref().map(|edifact| Habits {
                tolerance: edifact.tolerance,
                duplicate_window: edifact.duplicate_window,
                duplicate_interchange: edifact.duplicate_interchange,
            }),
        }
    }

    /// The group sender that its section names.
    pub fn group_id(&self, standard: Standard) -> Option<&str> {
        match standard {
            Standard::X12 => self.x12.as_ref()?.group_id.as_deref(),
            Standard::Edifact => self.edifact.as_ref()?.group_id.as_deref(),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ta1 {
    /// ISA14 = 1.
    #[default]
    OnRequest,
    Always,
    /// Only when the interchange is rejected.
    OnError,
    Never,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    #[default]
    Strict,
    ElementErrors,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateInterchange {
    #[default]
    Hold,
    Reject,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receive {
    /// Endpoints, by name.
    pub to: Vec<String>,
    /// A jq program (a file relative to the configuration folder) that changes the document before it goes to the endpoints.
    pub transform: Option<PathBuf>,
    /// The program itself, in place of a file.
    pub transform_program: Option<String>,
    /// The same document number again.
    #[serde(default)]
    pub duplicate: DuplicateDocument,
    /// Whether a dead or held delivery holds back later ones of the same document number.
    #[serde(default)]
    pub order: Order,
    /// What tells the partner that our system rejected a document which was acknowledged: `824` or `855`, of EDIFACT `APERAK` or
    /// `ORDRSP`. It needs `[send.824]` and so on. `none`: operators alone hear of it.
    #[serde(default)]
    pub rejected_with: RejectedWith,
    /// The hour, by the partner's clock, by which one comes each day, `"10:00"`: where none has come by then, it is told.
    pub expected_by: Option<super::hour::Hour>,
    /// The days on which one is expected, `["mon", "fri"]`; default every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// The time from receipt to our last endpoint that may pass, `30m`, before it is told.
    pub delivered_within: Option<Span>,
    /// The answers that we owe for it, by set code, and when each is due:
    /// `{ 855 = "24h", 856 = ["4h after shipment", "before arrival"], 810 = "2d after 856" }`.
    #[serde(default)]
    pub answers: BTreeMap<String, Due>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RejectedWith {
    #[default]
    #[serde(rename = "none")]
    None,
    #[serde(rename = "824")]
    Advice824,
    #[serde(rename = "855")]
    OrderResponse855,
    #[serde(rename = "APERAK")]
    Aperak,
    #[serde(rename = "ORDRSP")]
    Ordrsp,
}

impl RejectedWith {
    /// The set.
    pub fn set(self) -> Option<&'static str> {
        match self {
            RejectedWith::None => None,
            RejectedWith::Advice824 => Some("824"),
            RejectedWith::OrderResponse855 => Some("855"),
            RejectedWith::Aperak => Some("APERAK"),
            RejectedWith::Ordrsp => Some("ORDRSP"),
        }
    }
}

impl Receive {
    /// Whether one is expected on this day of the week.
    pub fn is_expected(&self, day: jiff::civil::Weekday) -> bool {
        self.days.is_empty() || self.days.iter().any(|named| named.weekday() == day)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    fn weekday(self) -> jiff::civil::Weekday {
        use jiff::civil::Weekday;
        match self {
            Day::Mon => Weekday::Monday,
            Day::Tue => Weekday::Tuesday,
            Day::Wed => Weekday::Wednesday,
            Day::Thu => Weekday::Thursday,
            Day::Fri => Weekday::Friday,
            Day::Sat => Weekday::Saturday,
            Day::Sun => Weekday::Sunday,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateDocument {
    #[default]
    Hold,
    Reject,
    Accept,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By document number: one delivery waits for earlier ones of its number.
    #[default]
    ByNumber,
    /// By partner: strictly in the order received.
    ByPartner,
    None,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The version it is written in: `005010`, `D:96A:UN:EAN008`. Default that of `[x12]`; of EDIFACT `D:01B:UN`.
    pub version: Option<String>,
    /// A jq program (a file relative to the configuration folder) that changes our document before it is written.
    pub transform: Option<PathBuf>,
    /// The program itself, in place of a file.
    pub transform_program: Option<String>,
    /// Values that are always written, by element: `BAK02`, `BGM03`, `NAD02.3`.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
    /// Segments written in addition, `REF*ZZ*STORE 7`, each behind the first segment that its key names (`BAK`).
    #[serde(default)]
    pub extra: BTreeMap<String, Vec<String>>,
    /// The answers that we expect, by set code, and when each is due: `{ 855 = "48h", 856 = "before arrival", 810 = "2d after 856" }`.
    #[serde(default)]
    pub answers: BTreeMap<String, Due>,
    /// Documents wait for each other and leave together at whole multiples of this time (UTC). Default: at once, each alone.
    pub every: Option<Span>,
    /// Documents wait for each other and leave together at these hours, `["06:00", "17:30"]`, by the partner's clock.
    #[serde(default)]
    pub at: Vec<super::hour::Hour>,
    /// As many waiting leave at once, whatever the time.
    pub count: Option<u32>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemsSource {
    /// A CSV relative to the configuration folder: the partner's number, `our_number`, and `unit`, `our_unit`, `factor`.
    pub file: Option<PathBuf>,
    /// The CSV itself, in place of a file.
    pub table: Option<String>,
}

fn any() -> String {
    "*".to_owned()
}
fn settle() -> Span {
    Span::seconds(2)
}
fn day() -> Span {
    Span::seconds(86400)
}
fn window() -> Span {
    Span::seconds(400 * 86400)
}
fn version() -> String {
    "004010".to_owned()
}
fn yes() -> bool {
    true
}
