//! SAP's IDocs, both ways: what it hands over, and what it is given.

use super::place;
use crate::harness::x12::order;
use crate::harness::*;

/// An order of SAP to the vendor 100123; MENGE is as given.
pub fn orders05(number: &str, vendor: &str, quantity: &str) -> String {
    format!(
        "<IDOC BEGIN=\"1\"><EDI_DC40 SEGMENT=\"1\"><DOCNUM>00000000000{number}</DOCNUM><DIRECT>1</DIRECT><IDOCTYP>ORDERS05</IDOCTYP>\
         <MESTYP>ORDERS</MESTYP><RCVPRT>LI</RCVPRT><RCVPRN>{vendor}</RCVPRN></EDI_DC40>\
         <E1EDK01 SEGMENT=\"1\"><CURCY>USD</CURCY><BSART>NB</BSART><BELNR>{number}</BELNR></E1EDK01>\
         <E1EDK03 SEGMENT=\"1\"><IDDAT>012</IDDAT><DATUM>20261104</DATUM></E1EDK03>\
         <E1EDP01 SEGMENT=\"1\"><POSEX>00010</POSEX><MENGE>{quantity}</MENGE><MENEE>PCE</MENEE><VPREI>3.25</VPREI>\
         <E1EDP19 SEGMENT=\"1\"><QUALF>002</QUALF><IDTNR>ROSE-12</IDTNR></E1EDP19></E1EDP01></IDOC>"
    )
}

const SETTINGS: &str = "[endpoint.erp.idoc]\nclient = \"100\"\nsender_port = \"PORTWAY\"\nsender_partner_type = \"KU\"\n\
    receiver_port = \"SAPERP\"\nreceiver_partner = \"ERPCLNT100\"\npartners = { \"0000100123\" = \"acme\" }";

#[test]
fn an_orders05_becomes_an_850_of_the_partner_with_that_number() {
    let p = place(SETTINGS, "format = \"idoc\"\npattern = \"*.xml\"", "[send.850]");
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    let idocs = [
        orders05("45001", "100123", "12.000"),
        orders05("45002", "777", "1"),
        orders05("45003", "100123", "many"),
    ];
    p.put("orders.xml", &format!("<ORDERS05>{}</ORDERS05>", idocs.concat()));
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
    assert!(
        text.contains("*45001*")
            && text.contains("*20261104~")
            && text.contains("PO1*00010*12.000*PC*3.25**VN*ROSE-12~"),
        "{text}"
    );
    p.wait(&gateway, "failed", &["orders.xml", "orders.xml.report.txt"]);
    let report = p.report("orders.xml.report.txt");
    for part in ["2 refused, 1 taken", "RCVPRN \"777\" is no partner's number", "E1EDP01", "many"] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    assert_eq!(p.numbers(), ["45001"]);
    gateway.stop();
}

#[test]
fn an_850_is_delivered_to_the_folder_as_orders05() {
    let endpoint = format!("format = \"idoc\"\n{SETTINGS}");
    let p = place(&endpoint, "format = \"idoc\"", "[receive.850]\nto = [\"erp\"]");
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    let name = gateway.until("the IDoc", || p.names("events").pop());
    assert!(name.ends_with(".xml"), "{name}");
    let text = std::fs::read_to_string(p.events.join(name)).unwrap();
    for part in [
        "<ORDERS05><IDOC BEGIN=\"1\"><EDI_DC40",
        "<MESTYP>ORDERS</MESTYP>",
        "<DIRECT>2</DIRECT>",
        "<SNDPOR>PORTWAY</SNDPOR>",
        "<SNDPRN>0000100123</SNDPRN>",
        "<RCVPRN>ERPCLNT100</RCVPRN>",
        "<BELNR>4500123</BELNR>",
        "<E1EDP01",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    gateway.until("the delivery done", || {
        let rows = p
            .site
            .database()
            .rows("SELECT detail FROM attempt WHERE outcome = 'delivered' AND detail LIKE '%.xml%'");
        rows.first().filter(|detail| detail.contains("carried by ORDERS05")).cloned()
    });
    gateway.stop();
}

#[test]
fn a_document_that_is_no_idoc_is_held_with_the_reason() {
    let endpoint = format!("format = \"idoc\"\n{SETTINGS}");
    let p = place(&endpoint, "format = \"idoc\"", "[receive.846]\nto = [\"erp\"]");
    let gateway = p.site.start();
    let inventory = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *261104*1015*U*00401*000000001*0*P*>~\
        GS*IB*ACME*NORTHWIND*20261104*1015*1*X*004010~ST*846*0001~BIA*00*DD*STOCK-1*20261104~LIN*1*VN*ROSE-12~QTY*33*12*EA~\
        CTT*1~SE*6*0001~GE*1*1~IEA*1*000000001~";
    Partner::new(&p.site, &gateway, "acme").post(inventory).id();
    let detail = gateway.until("the alert", || {
        p.site
            .database()
            .rows("SELECT title || ' ' || detail FROM alert WHERE cause = 'delivery:held:erp'")
            .pop()
    });
    assert!(detail.contains("cannot be written for it (held)"), "{detail}");
    assert!(detail.contains("there is no IDoc type for a document of kind inventory-report"), "{detail}");
    assert_eq!(p.site.database().rows("SELECT state FROM delivery WHERE target = 'erp'"), ["held"]);
    assert!(p.names("events").is_empty());
    gateway.stop();
}
