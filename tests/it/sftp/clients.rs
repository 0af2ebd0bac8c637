//! What clients do all day: put, temporary names, rename, list, fetch, delete, resume.

use super::*;

#[test]
fn openssh_puts_an_order_and_fetches_its_answer() {
    let house = House::open("");
    let file = house.file("po.edi", &order("4500123", 1).text());
    let listed = house.acme.sftp_fine(&format!("cd /in\nput {file}\nls -l\nls -1 /"));
    assert!(listed.contains("po.edi"), "{listed}");
    assert!(["in", "out", "failed"].iter().all(|name| listed.lines().any(|l| l.ends_with(name))), "{listed}");
    house.once("4500123");
    assert_eq!(house.messages(), ["sftp po.edi"]);

    let names = house.out(1);
    assert!(names[0].starts_with("997_acme_"), "{names:?}");
    let unread = house.acme.sftp(&format!("rm /out/{}", names[0]));
    assert!(!unread.status.success(), "{}", said(&unread));
    let here = house.site.path("answer.edi");
    house.acme.sftp_fine(&format!("get /out/{} {}", names[0], here.display()));
    assert_eq!(Acknowledgement::read(&std::fs::read(&here).unwrap()).only(), ("A", "A"));
    house.rows("SELECT state FROM message WHERE direction = 'out'", &["queued"]);
    house.acme.sftp_fine(&format!("rm /out/{}", names[0]));
    house.rows("SELECT transport || ' ' || state FROM message WHERE direction = 'out'", &["sftp sent"]);
    house.rows("SELECT state FROM acknowledgement WHERE direction = 'owed'", &["sent"]);
    assert_eq!(house.out(0), Vec::<String>::new());
    house.gateway.stop();
}

#[test]
fn a_temporary_name_waits_for_its_rename() {
    let house = House::open("");
    let mut client = house.acme.paramiko();
    for name in ["/in/po.edi.part", "/in/.po.edi.x7", "/in/po.edi.filepart"] {
        client.fine(json!({ "do": "put", "path": name, "text": order("4500123", 1).text() }));
        client.fine(json!({ "do": "touch", "path": name }));
    }
    assert_eq!(client.list("/in").len(), 3);
    assert_eq!(house.messages(), Vec::<String>::new());
    client.fine(json!({ "do": "remove", "path": "/in/.po.edi.x7" }));
    client.fine(json!({ "do": "rename", "path": "/in/po.edi.part", "to": "/in/po.edi" }));
    assert_eq!(house.messages(), ["sftp po.edi"]);
    // The name that is there now is no obstacle for the same file under another temporary name: it is the same upload.
    client.fine(json!({ "do": "posix_rename", "path": "/in/po.edi.filepart", "to": "/in/po.edi" }));
    assert_eq!(house.messages(), ["sftp po.edi"]);
    assert!(client.refused(json!({ "do": "remove", "path": "/in/po.edi" })).contains("taken already"));
    let names: Vec<String> = client.list("/in").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["po.edi"]);
    house.once("4500123");
    house.gateway.stop();
}

#[test]
fn by_profile_a_file_is_taken_at_its_rename_or_when_it_has_settled() {
    let house = House::open("accept = \"rename\"\npattern = \"*.edi\"");
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    client.fine(json!({ "do": "rename", "path": "/in/po.edi", "to": "/in/po.txt" }));
    assert_eq!(house.messages(), Vec::<String>::new());
    client.fine(json!({ "do": "rename", "path": "/in/po.txt", "to": "/in/final.edi" }));
    assert_eq!(house.messages(), ["sftp final.edi"]);
    house.once("4500123");
    house.gateway.stop();

    let house = House::open("accept = \"settle\"\nsettle = \"1s\"");
    let mut client = house.acme.paramiko();
    let text = order("4500124", 1).text();
    let (first, second) = text.split_at(200);
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": first }));
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": second, "mode": "a" }));
    // Closed is not enough, and an open file never settles.
    client.fine(json!({ "do": "open", "path": "/in/open.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": first }));
    house.rows("SELECT file_name FROM message WHERE direction = 'in'", &["po.edi"]);
    house.once("4500124");
    assert_eq!(client.list("/in").len(), 2);
    house.gateway.stop();
}

#[test]
fn what_settles_survives_the_gateways_end() {
    let (erp, site, key) = scene("accept = \"settle\"\nsettle = \"3s\"");
    let gateway = site.start();
    let mut client = Supplier::new(&site, &gateway, "acme", &key).paramiko();
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    gateway.kill();
    assert_eq!(site.database().count("message"), 0);
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    House { erp, site, gateway, acme }.once("4500123");
}

#[test]
fn an_upload_that_broke_off_is_resumed_and_taken_whole() {
    let house = House::open("");
    let text = order("4500123", 1).text();
    let file = house.file("po.edi", &text);
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": &text[..300] }));
    client.vanish();
    let mut other = house.acme.paramiko();
    assert_eq!(other.list("/in"), [("po.edi".to_owned(), 300)]);
    assert_eq!(house.messages(), Vec::<String>::new());
    house.acme.sftp_fine(&format!("reput {file} /in/po.edi"));
    house.once("4500123");
    assert_eq!(house.messages(), ["sftp po.edi"]);
    house.gateway.stop();
}

#[test]
fn an_unfinished_file_outlives_the_gateway() {
    let (erp, site, key) = scene("");
    let gateway = site.start();
    let text = order("4500123", 1).text();
    let mut client = Supplier::new(&site, &gateway, "acme", &key).paramiko();
    client.fine(json!({ "do": "open", "path": "/in/po.edi", "mode": "w", "as": "f" }));
    client.fine(json!({ "do": "write", "as": "f", "text": &text[..300] }));
    gateway.stop();
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    assert_eq!(house.acme.paramiko().fine(json!({ "do": "stat", "path": "/in/po.edi" })), json!(300));
    let file = house.file("po.edi", &text);
    house.acme.sftp_fine(&format!("reput {file} /in/po.edi"));
    house.once("4500123");
    house.gateway.stop();
}

#[test]
fn curl_puts_and_fetches() {
    let house = House::open("delete_after_read = true");
    let file = house.file("po.edi", &order("4500123", 1).text());
    let put = house.acme.curl("/in/po.edi", &["-T", &file]);
    assert!(put.status.success(), "{}", said(&put));
    house.once("4500123");
    let name = house.out(1).remove(0);
    let got = house.acme.curl(&format!("/out/{name}"), &[]);
    assert!(got.status.success(), "{}", said(&got));
    assert_eq!(Acknowledgement::read(&got.stdout).only(), ("A", "A"));
    house.rows("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    let listed = house.acme.curl("/out/", &["-l"]);
    assert!(!said(&listed).contains(&name), "{}", said(&listed));
    let renamed = house.file("second.edi", &order("4500124", 2).text());
    let quote = ["-T", renamed.as_str(), "-Q", "-rename /in/second.tmp /in/second.edi"];
    let put = house.acme.curl("/in/second.tmp", &quote);
    assert!(put.status.success(), "{}", said(&put));
    assert_eq!(house.messages(), ["sftp po.edi", "sftp second.edi"]);
    house.gateway.stop();
}

#[test]
fn lftp_mirrors_a_folder_and_moves_on() {
    let house = House::open("");
    let folder = house.site.path("outgoing");
    std::fs::create_dir(&folder).unwrap();
    for nth in 1..=5 {
        let text = order(&format!("PO-{nth}"), nth).text();
        std::fs::write(folder.join(format!("po-{nth}.edi")), text).unwrap();
    }
    let done = house.acme.lftp(&format!("mirror -R --parallel=3 {} /in", folder.display()));
    assert!(done.status.success(), "{}", said(&done));
    house.erp.wait_effects(5);
    assert_eq!(house.messages().len(), 5);
    // Again, with temporary names of its own: the same uploads.
    let again =
        house.acme.lftp(&format!("set xfer:use-temp-file yes; cd /in; mput {}/*.edi", folder.display()));
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(house.messages().len(), 5);
    let names = house.out(5);
    let fetched = house.acme.lftp(&format!("cd /out; mget -E -O {} *.edi", house.site.path("").display()));
    assert!(fetched.status.success(), "{}", said(&fetched));
    for name in &names {
        assert_eq!(Acknowledgement::read(&std::fs::read(house.site.path(name)).unwrap()).only(), ("A", "A"));
    }
    house.rows("SELECT DISTINCT state FROM message WHERE direction = 'out'", &["sent"]);
    house.gateway.stop();
}

#[test]
fn paramiko_puts_a_file_and_sees_its_size() {
    let house = House::open("");
    // Larger than what is kept in memory, and in many writes.
    let text = order("4500123", 1).text() + &"\n".repeat(3_000_000);
    let file = house.file("large.edi", &text);
    let mut client = house.acme.paramiko();
    assert_eq!(
        client.fine(json!({ "do": "put_file", "from": file, "path": "/in/large.edi" })),
        json!(text.len())
    );
    assert_eq!(client.fine(json!({ "do": "stat", "path": "/in/large.edi" })), json!(text.len()));
    house.erp.wait_effects(1);
    let sums = "SELECT encode(sha256, 'hex') FROM message WHERE direction = 'in'";
    use sha2::Digest;
    let sum: String = sha2::Sha256::digest(&text).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(house.site.database().rows(sums), [sum]);
    house.gateway.stop();
}

#[test]
fn an_answer_that_was_not_read_to_its_end_stays() {
    let house = House::open("delete_after_read = true");
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    let name = house.out(1).remove(0);
    let path = format!("/out/{name}");
    client.fine(json!({ "do": "open", "path": path, "mode": "r", "as": "f" }));
    client.fine(json!({ "do": "read", "as": "f", "length": 50 }));
    client.fine(json!({ "do": "close", "as": "f" }));
    assert_eq!(house.out(1), [name.as_str()]);
    let text = client.fine(json!({ "do": "get", "path": path }));
    assert_eq!(Acknowledgement::read(text.as_str().unwrap().as_bytes()).only(), ("A", "A"));
    assert_eq!(house.out(0), Vec::<String>::new());
    // Scripts that delete what they have fetched are told that it worked.
    client.fine(json!({ "do": "remove", "path": path }));
    house.rows("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    house.gateway.stop();
}

#[test]
fn the_same_items_wait_at_the_https_door() {
    let house = House::open("");
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    let name = house.out(1).remove(0);
    let partner = Partner::new(&house.site, &house.gateway, "acme");
    let item = partner.outbox().remove(0);
    assert_eq!(item.name, name);
    partner.fetch(&item.id);
    assert_eq!(partner.confirm(&item.id), 204);
    assert_eq!(house.out(0), Vec::<String>::new());
    house.gateway.stop();
}

#[test]
fn parallel_sessions_take_every_file_once() {
    let house = House::open("max_sessions = 24");
    let files: Vec<String> = (1..=24u32)
        .map(|nth| house.file(&format!("po-{nth}.edi"), &order(&format!("PO-{nth:02}"), nth).text()))
        .collect();
    let clients: Vec<_> = files
        .chunks(3)
        .map(|three| three.iter().map(|file| format!("put {file} /in/\n")).collect::<String>())
        .map(|batch| house.acme.begin_sftp(&batch))
        .collect();
    for client in clients {
        let output = client.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    house.erp.wait_effects(24);
    assert_eq!(house.messages().len(), 24);
    house.gateway.stop();
}
