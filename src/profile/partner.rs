//! A trading partner's profile: one file `partners.d/<id>.toml`.

use super::duration::Span;
use super::secret::Secret;
use portway_edi::x12::PartyId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The file's name without `.toml`.
    pub id: String,
    pub name: String,
    pub status: Status,
    /// A shipped or own template (`templates/<name>.toml`); one level only.
    pub extends: Option<String>,
    /// The network (another profile's id) whose connection carries this partner.
    pub via: Option<String>,
    /// Which of our stations; default the only one.
    pub station: Option<String>,
    /// Operators of this partner, mailed beside the gateway's.
    #[serde(default)]
    pub operators: Vec<String>,
    pub https: Option<Https>,
    pub directory: Option<Directory>,
    pub x12: Option<X12>,
    /// What we take, by set code (`850`).
    #[serde(default)]
    pub receive: BTreeMap<String, Receive>,
    /// What we send, by set code (`997` needs no entry).
    #[serde(default)]
    pub send: BTreeMap<String, Send>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Test,
    Live,
    Paused,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Https {
    /// SHA-256 of the bearer token, `sha256:<64 hex>`; several while rotating.
    #[serde(default)]
    pub tokens: Vec<TokenHash>,
    /// Client certificates (PEM), pinned.
    #[serde(default)]
    pub certificates: Vec<PathBuf>,
    /// Where we post our answers. Absent: they wait in `GET /edi/outbox`.
    pub url: Option<String>,
    /// The bearer token we show there.
    pub token: Option<Secret>,
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
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

#[derive(Debug, Clone, Deserialize)]
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
    /// When a TA1 is owed.
    #[serde(default)]
    pub ta1: Ta1,
    /// Whether a 997 is owed.
    #[serde(default = "yes")]
    pub functional_acknowledgement: bool,
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

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
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

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    #[default]
    Strict,
    ElementErrors,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateInterchange {
    #[default]
    Hold,
    Reject,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receive {
    /// Endpoints, by name.
    pub to: Vec<String>,
    /// The same document number again.
    #[serde(default)]
    pub duplicate: DuplicateDocument,
    /// Whether a dead or held delivery holds back later ones of the same document number.
    #[serde(default)]
    pub order: Order,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateDocument {
    #[default]
    Hold,
    Reject,
    Accept,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By document number: one delivery waits for earlier ones of its number.
    #[default]
    ByNumber,
    /// By partner: strictly in the order received.
    ByPartner,
    None,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {}

/// `01:123456789`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X12Id(pub PartyId);

/// SHA-256 of a bearer token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

fn any() -> String {
    "*".to_owned()
}
fn settle() -> Span {
    Span::seconds(2)
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
