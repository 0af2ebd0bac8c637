//! An order's thread from its first order to its invoice, across partners; and what a person sends once more.

mod anew;
mod at_once;
mod audit;
mod timeline;

use crate::harness::*;
use serde_json::Value;

/// A set as an interchange from `sender`.
fn interchange(sender: &str, (group, set): (&str, &str), control: u32, segments: &str) -> String {
    let count = segments.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*NORTHWIND      *260105*0930*U*00401*{control:09}*0*P*>~\
         GS*{group}*{sender}*NORTHWIND*20260105*0930*{control}*X*004010~ST*{set}*0001~{segments}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    )
}

fn response(number: &str) -> String {
    format!("BAK*00*AD*{number}*20261104~PO1*1*12*EA*3.25**VN*ROSE-12~CTT*1~")
}

fn notice(number: &str) -> String {
    format!(
        "BSN*00*S-{number}*20261110*1200*0001~HL*1**S~HL*2*1*O~PRF*{number}~HL*3*2*I~LIN**VN*ROSE-12~SN1**12*EA~CTT*3~"
    )
}

fn invoice(number: &str) -> String {
    format!("BIG*20261112*I-{number}*20261104*{number}~IT1*1*12*EA*3.25**VN*ROSE-12~TDS*3900~CTT*1~")
}

fn warehouse_order(number: &str) -> String {
    format!("W05*N*D-{number}*{number}~LX*1~W01*12*EA**VN*ROSE-12~W76*12~")
}

/// A functional acknowledgement of a group of ours, with this one set in it.
fn functional(sender: &str, control: u32, (functional_id, set): (&str, &str), group: u32) -> String {
    let body = format!("AK1*{functional_id}*{group}~AK2*{set}*0001~AK5*A~AK9*A*1*1*1~");
    interchange(sender, ("FA", "997"), control, &body)
}

struct Talk {
    site: Site,
    gateway: Gateway,
    erp: Recorder,
    ours: Ours,
    partner: Partner,
}

/// A customer that is sent 855, 856 and 810, and a warehouse that is sent 940.
fn talk() -> Talk {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.api();
    site.endpoint("erp", &erp, "");
    site.client("orders", "");
    let more = "[receive.850]\nto = [\"erp\"]\n[send.855]\n[send.856]\n[send.810]\n";
    site.partner(&Profile { more: more.into(), ..Profile::live("acme") });
    site.partner(&Profile { more: "[send.940]\n".into(), ..Profile::live("dock") });
    let gateway = site.start();
    let ours = Ours::new(&gateway, "orders");
    let partner = Partner::new(&site, &gateway, "acme");
    Talk { site, gateway, erp, ours, partner }
}

impl Talk {
    /// The customer's order, at our system and answered.
    #[track_caller]
    fn order(&self, number: &str, control: u32) -> String {
        let seen = self.erp.log().len();
        self.partner.post(x12::order(number, control).text()).id();
        self.erp.wait_effects(seen + 1);
        self.partner.acknowledgement(&self.gateway);
        self.gateway.until("the order done", || {
            let sql = format!("SELECT id::text FROM transaction_set WHERE code = '850' AND number = '{number}' AND state = 'done'");
            self.site.database().rows(&sql).pop()
        })
    }

    /// Hands over what these segments of a set are as a document; its id.
    #[track_caller]
    fn hand_over(&self, to: &str, (document, group, set): (&str, &str, &str), segments: &str) -> String {
        let file = self.site.path(&format!("{set}.edi"));
        std::fs::write(&file, interchange("ACME", (group, set), 1, segments)).unwrap();
        let (exit, json, errors) = self.site.run(&["file", "convert", file.to_str().unwrap()]);
        assert_eq!(exit, 0, "{errors}");
        let body: Value = serde_json::from_str(json.trim()).unwrap();
        let path = format!("/v1/documents?document={document}&partner={to}");
        let reply = self.ours.hand_over(&path, &format!("{set} {segments}"), &body);
        assert_eq!(reply.status, 201, "{:#}", reply.json());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// The partner fetches the one interchange that waits.
    #[track_caller]
    fn fetch(&self) -> String {
        let item = self.partner.outbox_of(&self.gateway, 1).remove(0);
        let bytes = self.partner.fetch(&item.id);
        assert_eq!(self.partner.confirm(&item.id), 204);
        String::from_utf8(bytes).unwrap()
    }

    #[track_caller]
    fn thread(&self, number: &str) -> Value {
        let (exit, json, errors) = self.site.run(&["doc", "show", &format!("PO:{number}"), "--json"]);
        assert_eq!(exit, 0, "{errors}");
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let (exit, out, errors) = self.site.run(arguments);
        assert_eq!(exit, 0, "{arguments:?}: {errors}");
        out
    }

    /// How the answers of this kind that are owed for a document stand.
    fn owed(&self, document: &str, kind: &str) -> Vec<String> {
        let sql = format!(
            "SELECT state FROM acknowledgement WHERE set_id = '{document}' AND kind = '{kind}' ORDER BY at, id"
        );
        self.site.database().rows(&sql)
    }
}

const RESPONSE: (&str, &str, &str) = ("order-response", "PR", "855");
const NOTICE: (&str, &str, &str) = ("ship-notice", "SH", "856");
const INVOICE: (&str, &str, &str) = ("invoice", "IN", "810");
const WAREHOUSE_ORDER: (&str, &str, &str) = ("warehouse-shipping-order", "OW", "940");
