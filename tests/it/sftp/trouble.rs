//! Trouble that must stay where it is: a disk without room, a panic, strangers without end; and answers that nobody fetches.

use super::*;
use std::io::Read;
use std::net::TcpStream;

/// A file in memory of 2 MB holds what is unfinished: the mount is the gateway's alone, and gone with it.
fn on_a_small_disk(site: &mut Site) {
    let folder = site.state().join("sftp/in");
    std::fs::create_dir_all(&folder).unwrap();
    let mount =
        format!("mount -t tmpfs -o size=2m portway-test '{}' && exec \"$0\" \"$@\"", folder.display());
    let mut within = vec!["unshare"];
    if !rustix::process::geteuid().is_root() {
        within.extend(["--user", "--map-root-user"]);
    }
    within.extend(["--mount", "sh", "-c", &mount]);
    site.within = within.into_iter().map(str::to_owned).collect();
}

#[test]
fn without_room_on_disk_the_client_is_told_and_others_go_on() {
    let (erp, mut site, key) = scene("");
    on_a_small_disk(&mut site);
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let (mut first, mut second) = (house.acme.paramiko(), house.acme.paramiko());
    let text = "this is no EDI\n".repeat(90_000);
    first.fine(json!({ "do": "put", "path": "/in/first.part", "text": text }));
    second.fine(json!({ "do": "open", "path": "/in/second.edi", "mode": "w", "as": "f" }));
    let told = second.refused(json!({ "do": "write", "as": "f", "text": text }));
    assert!(told.contains("no room") && told.contains("Nothing was accepted"), "{told}");
    second.refused(json!({ "do": "close", "as": "f" }));
    assert_eq!(house.messages(), Vec::<String>::new());
    house.gateway.line("cannot be kept on disk");
    // What needs no room is taken all the while.
    second.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    house.erp.wait_effects(1);
    // The first is whole, is taken, and makes room once it has been read: the second comes again.
    first.fine(json!({ "do": "rename", "path": "/in/first.part", "to": "/in/first.edi" }));
    let file = house.file("second.edi", &text);
    house.gateway.until("room for the second", || {
        second.ask(&json!({ "do": "put_file", "from": file, "path": "/in/second.edi" })).ok()
    });
    assert_eq!(house.messages(), ["sftp po.edi", "sftp first.edi", "sftp second.edi"]);
    let size = text.len().to_string();
    house.rows(
        "SELECT size::text FROM message WHERE file_name IN ('first.edi', 'second.edi')",
        &[&size, &size],
    );
    house.gateway.stop();
}

#[test]
#[cfg(feature = "faults")]
fn a_panic_ends_its_session_and_nothing_else() {
    let (erp, site, key) = scene("");
    let gateway = site.start_with(&[("PORTWAY_FAULT", "sftp.close:panic:1")]);
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let (mut first, mut second) = (house.acme.paramiko(), house.acme.paramiko());
    for (client, nth) in [(&mut first, 1), (&mut second, 2)] {
        let path = format!("/in/po-{nth}.edi");
        client.fine(json!({ "do": "open", "path": path, "mode": "w", "as": "f" }));
        let text = order(&format!("450012{nth}"), nth).text();
        client.fine(json!({ "do": "write", "as": "f", "text": text }));
    }
    first.refused(json!({ "do": "close", "as": "f" }));
    house.gateway.line("panicked");
    assert_eq!(house.messages(), Vec::<String>::new());
    second.fine(json!({ "do": "close", "as": "f" }));
    let partner = Partner::new(&house.site, &house.gateway, "acme");
    assert_eq!(partner.post(order("4500123", 3).text()).status, 202);
    // Whoever was cut off comes again.
    let mut again = house.acme.paramiko();
    again.fine(json!({ "do": "put", "path": "/in/po-1.edi", "text": order("4500121", 1).text() }));
    house.erp.wait_effects(3);
    assert_eq!(house.erp.subjects(), ["4500121", "4500122", "4500123"]);
    house.gateway.stop();
}

#[test]
fn who_does_not_log_in_has_few_places_and_leaves_the_others_alone() {
    let (erp, mut site, key) = scene("");
    site.replace("[listen.sftp]\n", "[listen.sftp]\nmax_unauthenticated = 3\n");
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    // Logged in, a connection counts no more.
    let mut clients: Vec<_> = (0..5).map(|_| house.acme.paramiko()).collect();
    let silent: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(&house.gateway.sftp).unwrap()).collect();
    let mut one_more = TcpStream::connect(&house.gateway.sftp).unwrap();
    assert_eq!(one_more.read_to_end(&mut Vec::new()).unwrap_or(0), 0, "closed without a word");
    house.gateway.line("too many of this address have not logged in yet");
    clients[0].fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    house.once("4500123");
    drop(silent);
    house.gateway.until("a place", || house.acme.sftp("ls /in").status.success().then_some(()));
    house.gateway.stop();
}

#[test]
fn what_a_partner_does_not_fetch_is_told_once_until_it_is_fetched() {
    let (erp, mut site, key) = scene("uncollected_after = \"2h\"");
    let mailbox = Mailbox::start();
    site.mail(&mailbox);
    // One by HTTPS with the default, one that has longer, and one that wants to hear nothing of it.
    site.partner(&Profile::live("bolt"));
    site.partner(&profile("crow", &key, "uncollected_after = \"7d\""));
    site.partner(&profile("dove", &key, "uncollected_after = \"0s\""));
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    for (nth, id) in (1..).zip(["acme", "acme", "bolt", "crow", "dove"]) {
        let mut order = order(&format!("PO-{nth}"), nth);
        order.sender = id.to_uppercase();
        Partner::new(&site, &gateway, id).post(order.text()).id();
    }
    let house = House { erp, site, gateway, acme };
    house.erp.wait_effects(5);
    let answers = house.out(2);
    let waiting = "SELECT count(*)::text FROM delivery WHERE way = 'outbox' AND state = 'queued'";
    house.rows(waiting, &["5"]);
    let alerts = "SELECT partner || ' ' || move || ' ' || state || ' ' || count FROM alert ORDER BY partner";
    house
        .site
        .database()
        .run("UPDATE delivery SET created_at = created_at - interval '3 hours' WHERE way = 'outbox'");
    let mail = mailbox.mail("acme: 2 items wait in the outbox");
    assert!(mail.subject.contains("the partner must act"), "{mail:?}");
    assert!(mail.body.contains("997_acme_") && mail.body.contains("/out by SFTP"), "{}", mail.body);
    house.rows(alerts, &["acme partner open 1"]);
    house
        .site
        .database()
        .run("UPDATE delivery SET created_at = created_at - interval '1 day' WHERE way = 'outbox'");
    house.rows(alerts, &["acme partner open 1", "bolt partner open 1"]);
    // One of two is not all.
    let fetch = |name: &str| {
        let here = house.site.path("answer.edi");
        house.acme.sftp_fine(&format!("get /out/{name} {}\nrm /out/{name}", here.display()));
    };
    fetch(&answers[0]);
    let bolt = Partner::new(&house.site, &house.gateway, "bolt");
    let item = bolt.outbox().remove(0);
    bolt.fetch(&item.id);
    bolt.confirm(&item.id);
    house.rows(alerts, &["acme partner open 1", "bolt partner closed 1"]);
    fetch(&answers[1]);
    house.rows(alerts, &["acme partner closed 1", "bolt partner closed 1"]);
    mailbox.mail("over: acme");
    house.gateway.stop();
}
