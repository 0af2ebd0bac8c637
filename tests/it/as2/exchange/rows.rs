//! What is exchanged: each row of the table, how each party sends it, and what it must be for those who get it.

use super::command::Layer;
use crate::as2::northwind;
use crate::harness::Identity;
use crate::harness::as2_openssl::{AES128_CBC, Encryption, SHA256, Signing};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    Pyas2,
    Libas2,
    Openssl,
}

pub const PARTIES: [Party; 3] = [Party::Pyas2, Party::Libas2, Party::Openssl];

/// How a party sends to us.
#[derive(Clone)]
pub enum Sends {
    /// Options for a product.
    Asked(&'static str),
    /// From the innermost layer to the outermost.
    Built(&'static [Layer]),
    /// Not possible there.
    Not(&'static str),
}

/// What becomes of what we send to a party.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    Yes,
    /// It gets it and refuses.
    No(&'static str),
    /// We do not send this.
    Not(&'static str),
}

pub struct Row {
    pub section: &'static str,
    pub name: &'static str,
    /// `signed`, `encrypted`, `compressed`, each perhaps with the algorithm as our ledger has it, and `scheme=` and
    /// `key_transport=`. Of the first three, what is not named must not be there.
    pub facts: &'static str,
    /// Words that the receivers' account of the algorithms has, without dashes; alternatives with `|`.
    pub seen: &'static [&'static str],
    pub sends: [Sends; 3],
    pub takes: [Takes; 3],
    /// Keys of `[as2]`.
    pub keys: &'static str,
    /// Which certificates and station: RSA, or EC.
    pub ec: bool,
    /// The payload has bytes over 127.
    pub beyond_ascii: bool,
    /// What the body of a message to us begins with (`^`), or has somewhere.
    pub came: &'static str,
    /// What our message has at the openssl command, header lines and every layer taken together; with `!`: has not.
    pub goes: &'static [&'static str],
    /// The sender's MIC is over CRLF line ends.
    pub canonical: bool,
    /// The MIC's digest where it is not the signature's.
    pub mic: Option<&'static str>,
}

impl Row {
    fn new(section: &'static str, name: &'static str, facts: &'static str) -> Row {
        Row {
            section,
            name,
            facts,
            seen: &[],
            sends: [const { Sends::Not("") }; 3],
            takes: [Takes::Yes; 3],
            keys: "",
            ec: false,
            beyond_ascii: false,
            came: "",
            goes: &[],
            canonical: false,
            mic: None,
        }
    }

    /// What both products are asked for.
    fn asked(self, options: &'static str) -> Row {
        self.sends(Party::Pyas2, Sends::Asked(options)).sends(Party::Libas2, Sends::Asked(options))
    }

    fn built(self, layers: &'static [Layer]) -> Row {
        self.sends(Party::Openssl, Sends::Built(layers))
    }

    fn sends(mut self, party: Party, how: Sends) -> Row {
        self.sends[party as usize] = how;
        self
    }

    fn products_cannot(self, why: &'static str) -> Row {
        self.sends(Party::Pyas2, Sends::Not(why)).sends(Party::Libas2, Sends::Not(why))
    }

    fn pyas2_cannot(self, why: &'static str) -> Row {
        self.sends(Party::Pyas2, Sends::Not(why))
    }

    fn libas2_cannot(self, why: &'static str) -> Row {
        self.sends(Party::Libas2, Sends::Not(why))
    }

    fn keys(mut self, keys: &'static str) -> Row {
        self.keys = keys;
        self
    }

    fn came(mut self, text: &'static str) -> Row {
        self.came = text;
        self
    }

    fn goes(mut self, texts: &'static [&'static str]) -> Row {
        self.goes = texts;
        self
    }

    fn seen(mut self, words: &'static [&'static str]) -> Row {
        self.seen = words;
        self
    }

    fn refused_by(mut self, party: Party, why: &'static str) -> Row {
        self.takes[party as usize] = Takes::No(why);
        self
    }

    fn we_do_not(mut self, why: &'static str) -> Row {
        self.takes = [Takes::Not(why); 3];
        self
    }

    /// Our AS2 name.
    pub fn us(&self) -> &'static str {
        if self.ec { "NORTHWIND-EC" } else { "NORTHWIND" }
    }

    /// Our key.
    pub fn identity(&self) -> Identity {
        if self.ec { Identity::ec("northwind.example") } else { northwind() }
    }

    /// What a receiver of ours found: signed, encrypted, compressed; and the algorithms' names.
    pub fn holds(&self, found: [bool; 3], names: &str) -> Result<(), String> {
        for (what, is) in ["signed", "encrypted", "compressed"].into_iter().zip(found) {
            if is != self.fact(what).is_some() {
                return Err(format!("{what}: {is}"));
            }
        }
        let missing = self.seen.iter().find(|one| one.split('|').all(|name| !names.contains(name)));
        missing.map_or(Ok(()), |name| Err(format!("no {name}: {names}")))
    }

    /// The value of a fact, empty if any will do; nothing if it must not be there.
    pub fn fact(&self, name: &str) -> Option<&'static str> {
        let mut pairs = self.facts.split(' ').map(|fact| fact.split_once('=').unwrap_or((fact, "")));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The profile's and the peer's name for this row.
    pub fn id(&self, nth: usize, party: Party) -> String {
        format!("r{nth:02}-{party:?}").to_lowercase()
    }
}

const NO_COMPRESSION: &str = "libas2 knows no compression";
const WHAT_COMES: &str = "it is about what comes";
const ONLY_OAEP: &str = "libas2 sends OAEP only";
const ONLY_PKCS1: &str = "pyas2lib sends PKCS #1 v1.5 only";
const NO_GCM: &str = "it knows no AuthEnvelopedData";
const ONE_DOCUMENT: &str = "Portway sends one document a message";
const NOT_ASKABLE: &str = "the product cannot be told to";
const READ_ONLY: &str = "Portway reads it and does not write it";

const AES256: Encryption = Encryption { cipher: "aes-256-cbc", ..AES128_CBC };
const OAEP_SHA1: Encryption = Encryption { oaep: Some("sha1"), ..AES256 };
const OAEP_SHA256: Encryption = Encryption { oaep: Some("sha256"), ..AES256 };
const OAEP_SHA512: Encryption = Encryption { oaep: Some("sha512"), ..AES256 };
const SHA1: Signing = Signing { digest: "sha1", ..SHA256 };
const SHA384: Signing = Signing { digest: "sha384", ..SHA256 };
const SHA512: Signing = Signing { digest: "sha512", ..SHA256 };
const SIGNED_NOT_ENCRYPTED: &str = "encrypt = \"none\"\n";

use Layer::*;

/// All rows, in the table's order.
pub fn rows() -> Vec<Row> {
    let mut rows = packagings();
    rows.extend(signatures());
    rows.extend(encryptions());
    rows.extend(receipts());
    rows.extend(forms());
    rows.extend(switches());
    rows
}

fn packagings() -> Vec<Row> {
    let row = |name, facts| Row::new("Packaging", name, facts);
    vec![
        row("plain", "").asked("{}").built(&[]).keys("sign = \"none\"\nencrypt = \"none\"\n"),
        row("signed", "signed")
            .asked(r#"{ "sign": "sha256" }"#)
            .built(&[Sign(SHA256)])
            .keys(SIGNED_NOT_ENCRYPTED),
        row("encrypted", "encrypted")
            .asked(r#"{ "encrypt": "aes256-cbc" }"#)
            .built(&[Encrypt(AES256)])
            .keys("sign = \"none\"\n"),
        row("signed, encrypted", "signed encrypted")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .built(&[Sign(SHA256), Encrypt(AES256)])
            .goes(&[
                "; micalg=sha-256;",
                "; filename=\"997_",
                "; smime-type=enveloped-data;",
                "1.2.840.113549.1.9.52",
            ]),
        row("compressed", "compressed")
            .asked(r#"{ "compress": true }"#)
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Compress])
            .keys("sign = \"none\"\nencrypt = \"none\"\ncompress = \"before-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("compressed, signed", "signed compressed=before-signing")
            .asked(r#"{ "compress": true, "sign": "sha256" }"#)
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Compress, Sign(SHA256)])
            .keys("encrypt = \"none\"\ncompress = \"before-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("compressed, signed, encrypted", "signed encrypted compressed=before-signing")
            .asked(r#"{ "compress": true, "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Compress, Sign(SHA256), Encrypt(AES256)])
            .keys("compress = \"before-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("signed, compressed", "signed compressed=after-signing")
            .pyas2_cannot("pyas2lib compresses before it signs")
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Sign(SHA256), Compress])
            .keys("encrypt = \"none\"\ncompress = \"after-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("signed, compressed, encrypted", "signed encrypted compressed=after-signing")
            .pyas2_cannot("pyas2lib compresses before it signs")
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Sign(SHA256), Compress, Encrypt(AES256)])
            .keys("compress = \"after-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("compressed, encrypted", "encrypted compressed")
            .asked(r#"{ "compress": true, "encrypt": "aes256-cbc" }"#)
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Compress, Encrypt(AES256)])
            .keys("sign = \"none\"\ncompress = \"before-signing\"\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        row("several attachments (multipart/related), signed, encrypted", "signed encrypted")
            .products_cannot("the product sends one document a message")
            .built(&[Related, Sign(SHA256), Encrypt(AES256)])
            .we_do_not(ONE_DOCUMENT),
        row(
            "several attachments, compressed, signed, encrypted",
            "signed encrypted compressed=before-signing",
        )
        .products_cannot("the product sends one document a message")
        .built(&[Related, Compress, Sign(SHA256), Encrypt(AES256)])
        .we_do_not(ONE_DOCUMENT),
    ]
}

fn signatures() -> Vec<Row> {
    let row = |name, facts| Row::new("Signature", name, facts);
    vec![
        row("SHA-1", "signed=sha-1 scheme=pkcs1")
            .asked(r#"{ "sign": "sha1" }"#)
            .built(&[Sign(SHA1)])
            .seen(&["sha1"])
            .we_do_not("SHA-1 is taken, and never sent"),
        row("SHA-256", "signed=sha-256 scheme=pkcs1")
            .asked(r#"{ "sign": "sha256" }"#)
            .built(&[Sign(SHA256)])
            .seen(&["sha256"])
            .keys(SIGNED_NOT_ENCRYPTED),
        row("SHA-384", "signed=sha-384 scheme=pkcs1")
            .asked(r#"{ "sign": "sha384" }"#)
            .built(&[Sign(SHA384)])
            .seen(&["sha384"])
            .keys("encrypt = \"none\"\nsign = \"sha-384\"\n"),
        row("SHA-512", "signed=sha-512 scheme=pkcs1")
            .asked(r#"{ "sign": "sha512" }"#)
            .built(&[Sign(SHA512)])
            .seen(&["sha512"])
            .keys("encrypt = \"none\"\nsign = \"sha-512\"\n"),
        row("PSS, SHA-256", "signed=sha-256 scheme=pss")
            .asked(r#"{ "sign": "sha256", "scheme": "pss" }"#)
            .libas2_cannot("libas2 signs with PKCS #1 v1.5 only")
            .built(&[Sign(Signing { pss: true, ..SHA256 })])
            .seen(&["rsassapss"])
            .keys("encrypt = \"none\"\nsignature = \"pss\"\n")
            .refused_by(Party::Libas2, "libas2 verifies no PSS"),
        row("PSS, SHA-512", "signed=sha-512 scheme=pss")
            .asked(r#"{ "sign": "sha512", "scheme": "pss" }"#)
            .libas2_cannot("libas2 signs with PKCS #1 v1.5 only")
            .built(&[Sign(Signing { pss: true, ..SHA512 })])
            .seen(&["rsassapss", "sha512"])
            .keys("encrypt = \"none\"\nsign = \"sha-512\"\nsignature = \"pss\"\n")
            .refused_by(Party::Libas2, "libas2 verifies no PSS"),
        Row {
            ec: true,
            ..row("ECDSA on P-256, SHA-256", "signed=sha-256 scheme=ecdsa")
                .products_cannot("the product signs with RSA keys only")
                .built(&[Sign(SHA256)])
                .seen(&["ecdsa"])
                .keys(SIGNED_NOT_ENCRYPTED)
                .refused_by(Party::Pyas2, "pyas2lib verifies no ECDSA")
        },
    ]
}

fn encryptions() -> Vec<Row> {
    let row = |name, facts| Row::new("Encryption", name, facts);
    vec![
        row("AES-128-CBC", "signed encrypted=aes128-cbc")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes128-cbc" }"#)
            .built(&[Sign(SHA256), Encrypt(AES128_CBC)])
            .seen(&["aes128cbc"])
            .keys("encrypt = \"aes128-cbc\"\n"),
        row("AES-192-CBC", "signed encrypted=aes192-cbc")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes192-cbc" }"#)
            .built(&[Sign(SHA256), Encrypt(Encryption { cipher: "aes-192-cbc", ..AES128_CBC })])
            .seen(&["aes192cbc"])
            .keys("encrypt = \"aes192-cbc\"\n"),
        row("AES-256-CBC", "signed encrypted=aes256-cbc")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .built(&[Sign(SHA256), Encrypt(AES256)])
            .seen(&["aes256cbc"])
            .keys("encrypt = \"aes256-cbc\"\n"),
        row("AES-128-GCM", "signed encrypted=aes128-gcm")
            .pyas2_cannot("pyas2lib has no GCM")
            .libas2_cannot("libas2's GCM is not RFC 5083's")
            .built(&[Sign(SHA256), Encrypt(Encryption { cipher: "aes-128-gcm", ..AES128_CBC })])
            .seen(&["aes128gcm"])
            .keys("encrypt = \"aes128-gcm\"\n")
            .refused_by(Party::Pyas2, NO_GCM)
            .refused_by(Party::Libas2, NO_GCM),
        row("AES-256-GCM", "signed encrypted=aes256-gcm")
            .pyas2_cannot("pyas2lib has no GCM")
            .libas2_cannot("libas2's GCM is not RFC 5083's")
            .built(&[Sign(SHA256), Encrypt(Encryption { cipher: "aes-256-gcm", ..OAEP_SHA256 })])
            .seen(&["aes256gcm"])
            .keys("encrypt = \"aes256-gcm\"\nkey_transport = \"oaep-sha256\"\n")
            .refused_by(Party::Pyas2, NO_GCM)
            .refused_by(Party::Libas2, NO_GCM),
        row("3DES, by profile (`accept_3des`)", "signed encrypted=3des")
            .asked(r#"{ "sign": "sha256", "encrypt": "3des" }"#)
            .built(&[Sign(SHA256), Encrypt(Encryption { cipher: "des3", ..AES128_CBC })])
            .seen(&["tripledes|desede3"])
            .keys("encrypt = \"3des\"\naccept_3des = true\n"),
        row("content key by PKCS #1 v1.5", "signed encrypted key_transport=pkcs1")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .libas2_cannot(ONLY_OAEP)
            .built(&[Sign(SHA256), Encrypt(AES256)])
            .seen(&["pkcs1v15|rsaencryption"])
            .keys("key_transport = \"pkcs1\"\n"),
        row("content key by OAEP, SHA-1", "signed encrypted key_transport=oaep")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "oaep": "sha1" }"#)
            .pyas2_cannot(ONLY_PKCS1)
            .built(&[Sign(SHA256), Encrypt(OAEP_SHA1)])
            .seen(&["rsaesoaep"])
            .keys("key_transport = \"oaep-sha1\"\n"),
        row("content key by OAEP, SHA-256", "signed encrypted key_transport=oaep")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "oaep": "sha256" }"#)
            .pyas2_cannot(ONLY_PKCS1)
            .built(&[Sign(SHA256), Encrypt(OAEP_SHA256)])
            .seen(&["rsaesoaep"])
            .keys("key_transport = \"oaep-sha256\"\n")
            .refused_by(Party::Pyas2, "pyas2lib reads OAEP with SHA-1 only"),
        row("content key by OAEP, SHA-512", "signed encrypted key_transport=oaep")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .pyas2_cannot(ONLY_PKCS1)
            .built(&[Sign(SHA256), Encrypt(OAEP_SHA512)])
            .we_do_not(READ_ONLY),
        row("several recipients, we are the last", "signed encrypted=aes256-cbc")
            .products_cannot("the product encrypts to one recipient")
            .built(&[Sign(SHA256), EncryptToMany(AES256)])
            .we_do_not("Portway encrypts to one recipient"),
        row("recipient by key identifier", "signed encrypted=aes256-cbc")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(SHA256), Encrypt(Encryption { more: &["-keyid"], ..AES256 })])
            .we_do_not(READ_ONLY),
    ]
}

fn receipts() -> Vec<Row> {
    let row = |name| Row::new("Receipt", name, "signed encrypted");
    vec![
        row("in the reply, not signed")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "mdn_signed": null }"#)
            .built(&[Sign(SHA256), Encrypt(AES256), Line("Disposition-Notification-Options:")])
            .keys("mdn_signed = false\n"),
        row("later, signed")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "mdn": "async" }"#)
            .built(&[Sign(SHA256), Encrypt(AES256), Later])
            .keys("mdn = \"async\"\n"),
        row("later, not signed")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "mdn": "async", "mdn_signed": null }"#)
            .built(&[Sign(SHA256), Encrypt(AES256), Later, Line("Disposition-Notification-Options:")])
            .keys("mdn = \"async\"\nmdn_signed = false\n"),
        row("none")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "mdn": "none", "mdn_signed": null }"#)
            .built(&[Sign(SHA256), Encrypt(AES256), Line("Disposition-Notification-To:")])
            .keys("mdn = \"none\"\n"),
        row("signed with SHA-512")
            .asked(r#"{ "sign": "sha512", "encrypt": "aes256-cbc", "mdn_signed": "sha512" }"#)
            .built(&[
                Sign(SHA512),
                Encrypt(AES256),
                Line("Disposition-Notification-Options: signed-receipt-protocol=required, pkcs7-signature; signed-receipt-micalg=required, sha512"),
            ])
            .keys("sign = \"sha-512\"\n"),
        Row {
            mic: Some("sha512"),
            ..row("its MIC in the digest asked for (`mic = \"requested\"`)")
                .products_cannot("the product expects the signature's digest")
                .built(&[
                    Sign(SHA256),
                    Encrypt(AES256),
                    Line("Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-512, sha-256"),
                ])
                .keys("mic = \"requested\"\n")
                .we_do_not(WHAT_COMES)
        },
    ]
}

fn forms() -> Vec<Row> {
    let row = |name, facts| Row::new("Form", name, facts);
    vec![
        row("signed part in base64", "signed")
            .asked(r#"{ "sign": "sha256" }"#)
            .pyas2_cannot("pyas2lib sends binary only")
            .built(&[Base64, Sign(SHA256)])
            .came("\r\nContent-Transfer-Encoding: base64\r\n")
            .goes(&["Content-Type: application/edi-x12\r\nContent-Transfer-Encoding: base64\r\n"])
            .keys("encrypt = \"none\"\ninterop = { signed_part = \"base64\" }\n"),
        row("signed part in binary", "signed")
            .asked(r#"{ "sign": "sha256", "content_type": "application/octet-stream" }"#)
            .libas2_cannot("libas2 sends base64 only")
            .built(&[Encoding("binary"), Sign(SHA256)])
            .came("\r\nContent-Transfer-Encoding: binary\r\n")
            .goes(&["Content-Type: application/edi-x12\r\nContent-Transfer-Encoding: binary\r\n"])
            .keys(SIGNED_NOT_ENCRYPTED),
        row("signed part without transfer encoding", "signed")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(SHA256)])
            .we_do_not(READ_ONLY),
        row("envelope in base64", "signed encrypted")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .pyas2_cannot("pyas2lib sends binary only")
            .built(&[Sign(SHA256), Encrypt(AES256), Base64])
            .came("^MI")
            .goes(&["^Content-Transfer-Encoding: base64"])
            .keys("interop = { body = \"base64\" }\n"),
        row("envelope in binary", "signed encrypted")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .libas2_cannot("libas2 sends base64 only")
            .built(&[Sign(SHA256), Encrypt(AES256), Encoding("binary")])
            // A SEQUENCE.
            .came("^0")
            .goes(&["^Content-Transfer-Encoding: binary"]),
        row("all in base64, compressed", "signed encrypted compressed=before-signing")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "compress": true }"#)
            .pyas2_cannot("pyas2lib sends binary only")
            .libas2_cannot(NO_COMPRESSION)
            .built(&[Base64, Compress, Base64, Sign(SHA256), Encrypt(AES256), Base64])
            .keys("compress = \"before-signing\"\ninterop = { signed_part = \"base64\", body = \"base64\" }\n")
            .refused_by(Party::Libas2, NO_COMPRESSION),
        Row {
            beyond_ascii: true,
            ..row("bytes over 127, in binary", "signed encrypted")
                .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "content_type": "application/octet-stream" }"#)
                .libas2_cannot("libas2 sends base64 only")
                .built(&[Sign(SHA256), Encrypt(AES256)])
                .refused_by(Party::Libas2, "libas2 verifies no signature over such bytes but in base64: `signed_part`")
        },
        Row {
            beyond_ascii: true,
            ..row("bytes over 127, in base64", "signed encrypted")
                .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
                .pyas2_cannot("pyas2lib sends binary only")
                .built(&[Base64, Sign(SHA256), Encrypt(AES256)])
                .keys("interop = { signed_part = \"base64\" }\n")
        },
        row("signature without attributes", "signed=sha-256")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(Signing { more: &["-noattr"], ..SHA256 })])
            .we_do_not(READ_ONLY),
        row("signature without certificates", "signed=sha-256")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(Signing { more: &["-nocerts"], ..SHA256 })])
            .we_do_not(READ_ONLY),
        row("signer by key identifier", "signed=sha-256")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(Signing { more: &["-keyid"], ..SHA256 })])
            .we_do_not(READ_ONLY),
        row("envelope of indefinite length (BER)", "signed encrypted=aes256-cbc")
            .products_cannot(NOT_ASKABLE)
            .built(&[Sign(SHA256), Encrypt(Encryption { indefinite: true, ..AES256 })])
            .we_do_not("Portway writes DER; only large compressed data has indefinite length"),
    ]
}

fn switches() -> Vec<Row> {
    let row = |name, facts| Row::new("Switch", name, facts);
    const NOTHING: &str = "it is about what Portway sends";
    vec![
        row("`no_algorithm_protection`", "signed encrypted")
            .products_cannot(NOTHING)
            .sends(Party::Openssl, Sends::Not(NOTHING))
            .keys("interop = { no_algorithm_protection = true }\n")
            .goes(&["!1.2.840.113549.1.9.52"]),
        row("`old_digest_names`", "signed encrypted")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc" }"#)
            .built(&[Sign(SHA256), Encrypt(AES256)])
            .keys("interop = { old_digest_names = true }\n")
            .goes(&["; micalg=sha256;", "signed-receipt-micalg=optional, sha256", "1.2.840.113549.1.9.52"]),
        row("`no_file_name_quotes`", "signed encrypted")
            .products_cannot(NOTHING)
            .sends(Party::Openssl, Sends::Not(NOTHING))
            .keys("interop = { no_file_name_quotes = true }\n")
            .goes(&["; filename=997_", "; name=smime.p7m", "; filename=smime.p7s", "!filename=\""]),
        Row {
            canonical: true,
            ..row("`canonical_mic`, lines ended by LF", "signed encrypted")
                .products_cannot("the product computes the MIC as the RFC has it")
                .built(&[Sign(SHA256), Encrypt(AES256)])
                .keys("interop = { canonical_mic = true }\n")
                .we_do_not(WHAT_COMES)
        },
        row("AS2-Version 1.3 (`version`)", "signed encrypted")
            .asked(r#"{ "sign": "sha256", "encrypt": "aes256-cbc", "headers": { "AS2-Version": "1.3" } }"#)
            .libas2_cannot("libas2 is AS2-Version 1.0")
            .built(&[Sign(SHA256), Encrypt(AES256), Line("AS2-Version: 1.3")])
            .keys("version = \"1.3\"\n")
            .goes(&["^AS2-Version: 1.3"]),
    ]
}
