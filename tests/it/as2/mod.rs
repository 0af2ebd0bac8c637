//! AS2 with the real binary: live products, the openssl command, and bytes on the wire at the other end.

mod acks;
mod again;
mod check;
mod door;
mod exchange;
mod faults;
mod kills;
mod onboarding;
mod receipts;

use crate::harness::as2_openssl::{self as openssl, AES128_CBC, Encryption, SHA256, Signing};
use crate::harness::as2_peer::config;
use crate::harness::as2_raw::{Heard, Raw, request};
use crate::harness::*;
use serde_json::{Value, json};

pub fn northwind() -> Identity {
    Identity::rsa("northwind.example")
}

pub fn acme() -> Identity {
    Identity::rsa("acme.example")
}

/// The gateway as Northwind, and whoever speaks for Acme.
pub struct House {
    pub erp: Recorder,
    pub site: Site,
    pub gateway: Gateway,
}

/// Acme's profile: `url` where it has one, and further keys of `[as2]`.
pub fn profile(url: Option<&str>, as2: &str) -> Profile {
    let profile = Profile::live("acme");
    let url = url.map(|url| format!("url = \"{url}\"\n")).unwrap_or_default();
    let certificate = acme().cert;
    let more = format!(
        "{}\n[as2]\nid = \"ACME\"\n{url}certificates = [\"{}\"]\n\
         retry = {{ first = \"100ms\", longest = \"400ms\", tries = 500 }}\n{as2}",
        profile.more,
        certificate.display()
    );
    Profile { more, ..profile }
}

/// A site with the AS2 door and the ERP; not started.
pub fn site() -> (Recorder, Site) {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.as2(&northwind());
    site.add("[listen.metrics]\naddress = \"127.0.0.1:0\"");
    (erp, site)
}

/// The door has an address known before it opens, where receipts come later.
pub fn named_door(site: &mut Site) {
    // A fixed free port serves here.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    site.replace(
        "plain_address = \"127.0.0.1:0\"",
        &format!("plain_address = \"127.0.0.1:{port}\"\nurl = \"http://127.0.0.1:{port}/as2\""),
    );
}

impl House {
    pub fn open(profile: &Profile) -> House {
        let (erp, site) = site();
        site.partner(profile);
        let gateway = site.start();
        House { erp, site, gateway }
    }

    /// Bytes to the AS2 door without TLS.
    pub fn raw(&self) -> Raw {
        Raw::plain(&self.gateway.as2_plain)
    }

    /// One row of the ledger, waited for.
    #[track_caller]
    pub fn ledger(&self, sql: &str, wanted: &[&str]) {
        self.gateway
            .until(&format!("{sql} to be {wanted:?}, not {:?}", self.site.database().rows(sql)), || {
                (self.site.database().rows(sql) == wanted).then_some(())
            });
    }
}

/// A live product that speaks for Acme, and the gateway that knows it.
pub fn pair(product: Product, as2: &str) -> (House, As2Peer) {
    let peer = As2Peer::start(product, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let house = House::open(&profile(Some(peer.url()), as2));
    peer.configure(&json!({ "partner": { "url": format!("http://{}/as2", house.gateway.as2_plain) } }));
    (house, peer)
}

/// A message of Acme's, built by the openssl command.
#[derive(Clone)]
pub struct Message {
    pub id: String,
    pub entity: Entity,
    /// Header lines beside the entity's own; these replace the ones of the same name.
    pub lines: Vec<String>,
}

impl Message {
    /// `payload`, signed and encrypted as most do it, asking for a signed receipt in the reply.
    pub fn of(id: &str, payload: &[u8]) -> Message {
        Message::packed(
            id,
            &Entity::new("application/edi-x12", payload),
            Some((&acme(), SHA256)),
            Some(AES128_CBC),
        )
    }

    pub fn packed(
        id: &str,
        content: &Entity,
        sign: Option<(&Identity, Signing)>,
        encrypt: Option<Encryption>,
    ) -> Message {
        let mut entity = content.clone();
        if let Some((by, how)) = sign {
            entity = openssl::signed(&entity, by, how);
        }
        if let Some(how) = encrypt {
            entity = openssl::encrypted(&entity, &[&northwind()], how);
        }
        Message { id: format!("<{id}@acme.example>"), entity, lines: Vec::new() }
    }

    pub fn with(mut self, line: &str) -> Message {
        self.lines.push(line.to_owned());
        self
    }

    /// All header lines.
    pub fn head(&self) -> Vec<String> {
        let name = |line: &str| line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let mut lines = vec![
            "AS2-From: ACME".to_owned(),
            "AS2-To: NORTHWIND".to_owned(),
            "AS2-Version: 1.2".to_owned(),
            format!("Message-ID: {}", self.id),
            "Subject: an order".to_owned(),
            "Disposition-Notification-To: edi@acme.example".to_owned(),
            "Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; \
             signed-receipt-micalg=optional, sha-256"
                .to_owned(),
        ];
        lines.extend(self.entity.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.retain(|line| self.lines.iter().all(|own| name(own) != name(line)));
        lines.extend(self.lines.iter().filter(|line| !line.ends_with(':')).cloned());
        lines
    }

    pub fn request(&self) -> Vec<u8> {
        let head = self.head();
        let lines: Vec<&str> = head.iter().map(String::as_str).collect();
        request("/as2", &lines, &self.entity.body)
    }
}

/// A receipt of ours, verified by the openssl command with our certificate.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub disposition: String,
    pub mic: Option<String>,
    pub original: String,
    pub text: String,
}

impl Receipt {
    #[track_caller]
    pub fn of(reply: &Heard) -> Receipt {
        assert_eq!(reply.status(), 200, "{}\n{}", reply.line, String::from_utf8_lossy(&reply.body));
        Receipt::read(&reply.entity(), true)
    }

    #[track_caller]
    pub fn read(entity: &Entity, signed: bool) -> Receipt {
        Receipt::by(entity, signed.then(northwind).as_ref())
    }

    /// Signed by this one, or by nobody.
    #[track_caller]
    pub fn by(entity: &Entity, signer: Option<&Identity>) -> Receipt {
        let report = if let Some(signer) = signer {
            assert_eq!(entity.content_type(), "multipart/signed", "{:?}", entity.headers);
            let parts = entity.parts();
            let verdict = openssl::verify(&parts[0], &Entity::parse(&parts[1]).content(), &signer.cert);
            assert!(verdict.ok, "{}", verdict.said);
            Entity::parse(&parts[0])
        } else {
            entity.clone()
        };
        assert_eq!(report.content_type(), "multipart/report", "{:?}", report.headers);
        let parts: Vec<Entity> = report.parts().iter().map(|part| Entity::parse(part)).collect();
        let fields = Entity::parse(&[parts[1].content(), b"\r\n\r\n".to_vec()].concat());
        let field = |name: &str| Some(fields.header(name).to_owned()).filter(|value| !value.is_empty());
        let disposition = field("Disposition").unwrap_or_default();
        Receipt {
            disposition: disposition.split(';').nth(1).unwrap_or_default().trim().to_owned(),
            mic: field("Received-Content-MIC"),
            original: field("Original-Message-ID").unwrap_or_default(),
            text: String::from_utf8(parts[0].content()).unwrap(),
        }
    }
}

/// What a product is asked to do, as a JSON text.
pub fn asked(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
