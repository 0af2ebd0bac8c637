//! What goes wrong: repeats, files that are too large or no EDI, a ledger that is away, and noise at the door.

use super::*;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn the_same_file_again_is_no_second_message_and_another_under_its_name_is() {
    let house = House::open("");
    let mut client = house.acme.paramiko();
    let first = order("4500123", 1).text();
    for _ in 0..2 {
        client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": first }));
    }
    drop(client);
    house.acme.paramiko().fine(json!({ "do": "put", "path": "/in/po.edi", "text": first }));
    assert_eq!(house.messages(), ["sftp po.edi"]);
    house
        .acme
        .paramiko()
        .fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500124", 2).text() }));
    assert_eq!(house.messages(), ["sftp po.edi", "sftp po.edi"]);
    house.erp.wait_effects(2);
    // Two hours later it is a wish to have it sent again: no new work, and the answer of old once more.
    let fetched = house.out(2);
    house.site.database().run("UPDATE idempotency SET at = at - interval '2 hours'");
    house.acme.paramiko().fine(json!({ "do": "put", "path": "/in/po.edi", "text": first }));
    assert_eq!(house.messages().len(), 3);
    house.rows("SELECT count(*)::text FROM job", &["0"]);
    assert_eq!(house.erp.subjects(), ["4500123", "4500124"]);
    assert_eq!(fetched.len(), 2);
    house.gateway.stop();
}

#[test]
fn a_hole_or_another_writer_is_no_file() {
    let house = House::open("");
    let text = order("4500123", 1).text();
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "at": 200, "text": &text[200..] }));
    assert!(client.refused(json!({ "do": "close", "as": "f" })).contains("missing"));
    assert_eq!(house.messages(), Vec::<String>::new());
    // A second session begins it anew: the first has lost it.
    client.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": &text[..100] }));
    let mut second = house.acme.paramiko();
    second.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "g" }));
    second.fine(json!({ "do": "write", "as": "g", "text": text }));
    client.refused(json!({ "do": "write", "as": "f", "text": "late" }));
    client.refused(json!({ "do": "close", "as": "f" }));
    assert_eq!(house.messages(), Vec::<String>::new());
    second.fine(json!({ "do": "close", "as": "g" }));
    // An empty file is none yet.
    second.fine(json!({ "do": "put", "path": "/in/empty.edi", "text": "" }));
    house.once("4500123");
    house.gateway.stop();
}

#[test]
fn limits_are_told_and_nothing_is_taken_in_part() {
    let house = House::open("max_file_bytes = 2000\nmax_pending_bytes = 3000\nmax_sessions = 2");
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "open", "path": "/in/large.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": "x".repeat(1999) }));
    assert!(
        client.refused(json!({ "do": "write", "as": "f", "text": "yy" })).contains("larger than 2000 bytes")
    );
    client.fine(json!({ "do": "open", "path": "/in/b.part", "mode": "w", "as": "g" }));
    assert!(
        client.refused(json!({ "do": "write", "as": "g", "text": "x".repeat(1500) })).contains("unfinished")
    );
    assert!(client.refused(json!({ "do": "close", "as": "g" })).contains("not taken"));
    assert!(client.refused(json!({ "do": "close", "as": "f" })).contains("not taken"));
    assert_eq!(client.list("/in"), []);
    client.fine(json!({ "do": "open", "path": "/in/b.part", "mode": "w", "as": "g" }));
    client.fine(json!({ "do": "write", "as": "g", "text": "x".repeat(1500) }));
    let _second = house.acme.paramiko();
    assert!(!house.acme.sftp("ls").status.success(), "a third session");
    house.gateway.line("there are enough");
    assert_eq!(house.messages(), Vec::<String>::new());
    house.gateway.stop();
}

#[test]
fn a_file_that_cannot_be_processed_has_a_report() {
    let house = House::open("");
    house.site.partner(&Profile::live("bolt"));
    house.gateway.signal(rustix::process::Signal::HUP);
    house.gateway.line("reloaded");
    let mut client = house.acme.paramiko();
    let mut foreign = order("4500123", 1);
    foreign.sender = "BOLT".into();
    client.fine(json!({ "do": "put", "path": "/in/bad.edi", "text": "this is no EDI" }));
    client.fine(json!({ "do": "put", "path": "/in/foreign.edi", "text": foreign.text() }));
    house.rows("SELECT state FROM message WHERE direction = 'in'", &["quarantined", "quarantined"]);
    let names: Vec<String> = client.list("/failed").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bad.edi", "bad.edi.report.txt", "foreign.edi", "foreign.edi.report.txt"]);
    assert_eq!(client.fine(json!({ "do": "get", "path": "/failed/bad.edi" })), json!("this is no EDI"));
    let report = client.fine(json!({ "do": "get", "path": "/failed/bad.edi.report.txt" }));
    let report = report.as_str().unwrap();
    let id = house.site.database().rows("SELECT id::text FROM message WHERE file_name = 'bad.edi'").remove(0);
    assert!(report.contains("could not be read as EDI") && report.contains(&id), "{report}");
    let report = client.fine(json!({ "do": "get", "path": "/failed/foreign.edi.report.txt" }));
    assert!(!report.as_str().unwrap().to_lowercase().contains("bolt"), "{report}");
    client.refused(json!({ "do": "remove", "path": "/failed/bad.edi" }));
    house.gateway.stop();
}

#[test]
fn while_the_ledger_is_away_nothing_is_accepted_and_nothing_is_lost() {
    let server = Server::start("");
    let erp = Recorder::erp();
    let mut site = Site::on(&server);
    site.endpoint("erp", &erp, "");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    let key = Key::new(&site, "acme-key");
    site.partner(&profile("acme", &key, ""));
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let mut client = acme.paramiko();
    client.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": order("4500123", 1).text() }));
    server.kill();
    assert!(client.refused(json!({ "do": "close", "as": "f" })).contains("Nothing was accepted"));
    // This client overhears what CLOSE says, and looks at the size.
    let file = site.path("po.edi");
    std::fs::write(&file, order("4500123", 1).text()).unwrap();
    client.refused(json!({ "do": "put_file", "from": file, "path": "/in/po.edi" }));
    client.fine(json!({ "do": "put", "path": "/in/po.edi.part", "text": order("4500123", 1).text() }));
    let to_final = json!({ "do": "rename", "path": "/in/po.edi.part", "to": "/in/po.edi" });
    client.refused(to_final.clone());
    assert_eq!(client.list("/in").len(), 1);
    server.start_again();
    client.fine(to_final);
    erp.wait_effects(1);
    assert_eq!(erp.subjects(), ["4500123"]);
    gateway.stop();
}

#[test]
fn noise_at_the_door_harms_nobody_else() {
    let mut house = House::open("");
    house.gateway.stop();
    house.site.replace("[listen.sftp]\n", "[listen.sftp]\nhandshake = \"500ms\"\nmax_sessions = 3\n");
    house.gateway = house.site.start();
    let address = house.gateway.sftp.clone();
    // Silent ones, liars and babblers: more than there are places. Each is shown out.
    let mut silent: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(&address).unwrap()).collect();
    for stream in &mut silent {
        let _ = stream.read_to_end(&mut Vec::new());
    }
    for noise in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"SSH-2.0-x\r\n\xff\xff\xff\xff\xff\xff\xff\xff",
        b"SSH-2.0-x\r\n\0\0\0\x0c\x0a\x14garbage...",
        &[0; 5000],
    ] {
        let mut stream = TcpStream::connect(&address).unwrap();
        let _ = stream.write_all(noise);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let partner = Partner::new(&house.site, &house.gateway, "acme");
    assert_eq!(partner.post(order("4500124", 2).text().into_bytes()).status, 202);
    house.acme = Supplier::new(&house.site, &house.gateway, "acme", &Key::existing(&house.site, "acme-key"));
    let file = house.file("po.edi", &order("4500123", 1).text());
    house.acme.sftp_fine(&format!("put {file} /in/"));
    house.erp.wait_effects(2);
    house.gateway.stop();
}
