//! Who may bring what: bearer tokens, pinned client certificates, and networks that carry several partners.

use crate::harness::x12::order;
use crate::harness::*;

/// A certificate of a partner's own making: (PEM of the certificate, PEM of both for the client).
fn certificate(name: &str) -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
    (certificate.pem(), format!("{}{}", certificate.pem(), key.serialize_pem()))
}

#[test]
fn a_pinned_client_certificate_is_as_good_as_a_token_and_any_other_is_not() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let (pinned, own) = certificate("edi.acme.example");
    let (_, another) = certificate("edi.acme.example");
    std::fs::write(site.path("conf/acme.pem"), pinned).unwrap();
    site.partner(&Profile { https: "certificates = [\"acme.pem\"]\n".into(), ..Profile::live("acme") });
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let stranger = partner.clone().with_certificate(&site, &another);
    assert_eq!(stranger.post(order("1", 1).text()).status, 401);
    let partner = partner.with_certificate(&site, &own);
    partner.post(order("4500123", 2).text()).id();
    erp.wait_effects(1);
    assert_eq!(partner.acknowledgement(&gateway).only(), ("A", "A"));
}

#[test]
fn a_network_carries_the_partners_that_name_it_and_no_others() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("van"));
    let carried = "id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\nvia = \"van\"\n[x12]\nid = \"ZZ:ACME\"\n\
                   [receive.850]\nto = [\"erp\"]\n";
    site.partner_text("acme", carried);
    site.partner(&Profile::live("globex"));
    let gateway = site.start();
    let van = Partner::new(&site, &gateway, "van");

    van.post(order("4500123", 1).text()).id();
    let event: serde_json::Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["partner"], "acme");
    // The answer is for Acme, and goes back over the connection that brought the order.
    let answer = van.acknowledgement(&gateway);
    assert_eq!((answer.only(), answer.receiver.as_str()), (("A", "A"), "ACME"));

    van.post(x12::Order { sender: "GLOBEX".into(), ..order("4500124", 2) }.text()).id();
    gateway.until("the quarantine", || {
        let reasons = site.database().rows("SELECT reason FROM message WHERE state = 'quarantined'");
        (reasons == ["sender_mismatch"]).then_some(())
    });
    assert_eq!(erp.subjects(), ["4500123"]);
}
