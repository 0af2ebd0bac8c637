//! Configuration changed while running: checked first, put in force whole, and what is broken keeps what it had.

use crate::harness::x12::{Order, order};
use crate::harness::*;
use rustix::process::Signal;

#[test]
fn a_broken_profile_keeps_its_last_good_version_also_after_a_restart() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let mut partner = Partner::new(&site, &gateway, "acme");
    site.partner_text("acme", "id = \"acme\"\nname = \"Acme\"\nstatus = \"lively\"\n");
    site.partner(&Profile::live("globex"));
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
    mailbox.mail("acme: its profile is broken; the last good version stays in force");
    partner.post(order("BROKEN-1", 1).text()).id();
    let globex = Partner::new(&site, &gateway, "globex");
    globex.post(Order { sender: "GLOBEX".into(), ..order("NEW-1", 1) }.text()).id();
    erp.wait_effects(2);

    gateway.kill();
    let gateway = site.start();
    partner.follow(&gateway);
    partner.post(order("BROKEN-2", 2).text()).id();
    erp.wait_effects(3);

    site.partner(&Profile::live("acme"));
    gateway.signal(Signal::HUP);
    mailbox.mail("over: acme: its profile is broken");
    assert_eq!(erp.subjects(), ["BROKEN-1", "BROKEN-2", "NEW-1"]);
}

#[test]
fn a_broken_gateway_toml_changes_nothing_on_reload() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    std::fs::write(site.path("conf/gateway.toml"), "state = 7\n").unwrap();
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
    partner.post(order("4500123", 1).text()).id();
    erp.wait_effects(1);
}

#[test]
fn an_endpoint_moved_by_a_reload_gets_what_waited() {
    let (mut old, new) = (Recorder::erp(), Recorder::erp());
    old.close();
    let mut site = Site::new();
    site.endpoint("erp", &old, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    gateway.line("no connection, nothing was sent");
    let text = std::fs::read_to_string(site.path("conf/gateway.toml")).unwrap();
    std::fs::write(site.path("conf/gateway.toml"), text.replace(&old.url(), &new.url())).unwrap();
    gateway.signal(Signal::HUP);
    new.wait_effects(1);
    assert_eq!(new.subjects(), ["4500123"]);
}

/// Whether the HTTPS door shows a certificate that whoever trusts this one alone takes.
fn shows(gateway: &Gateway, certificate: &Identity) -> bool {
    let pem = std::fs::read(&certificate.cert).unwrap();
    let roots = reqwest::Certificate::from_pem_bundle(&pem).unwrap();
    let client =
        reqwest::Client::builder().tls_certs_only(roots).no_proxy().timeout(DEADLINE).build().unwrap();
    let url = format!("https://{}/edi/outbox", gateway.address);
    block(async { client.get(url).send().await }).is_ok()
}

#[test]
fn a_doors_new_certificate_is_shown_to_whoever_comes_next_and_a_broken_one_is_not() {
    let site = Site::new();
    site.partner(&Profile::live("acme"));
    site.write();
    let (old, new) = (Identity::ec("door-1.example"), Identity::ec("door-2.example"));
    let put = |from: &Identity| {
        std::fs::copy(&from.cert, site.path("conf/door.pem")).unwrap();
        std::fs::copy(&from.key, site.path("conf/secrets/door")).unwrap();
    };
    put(&old);
    let toml = site.path("conf/gateway.toml");
    let door = "[listen.https]\ncertificate = \"door.pem\"\nkey = { file = \"secrets/door\" }\n";
    std::fs::write(&toml, std::fs::read_to_string(&toml).unwrap().replace("[listen.https]\n", door)).unwrap();
    let gateway = Gateway::start(&site, &[]);
    assert_eq!((shows(&gateway, &old), shows(&gateway, &new)), (true, false));

    put(&new);
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
    assert_eq!((shows(&gateway, &old), shows(&gateway, &new)), (false, true));

    // A key that does not belong to it: the door keeps what it has.
    std::fs::copy(&old.cert, site.path("conf/door.pem")).unwrap();
    gateway.signal(Signal::HUP);
    gateway.line("this door keeps its old certificate");
    gateway.lines_with("reloaded", 2);
    assert_eq!((shows(&gateway, &old), shows(&gateway, &new)), (false, true));
    gateway.stop();
}
