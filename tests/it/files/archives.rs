//! ZIP and GZIP where the profile lets them in: by every door, with caps, and nothing lost that is refused.

use super::*;
use crate::harness::sftp_peer::{Key, Supplier};

const BOTH: &str = "[files]\nunpack = [\"zip\", \"gzip\"]\n";

#[test]
fn a_zip_of_three_orders_by_hosted_sftp_is_three_orders_and_one_message() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    let key = Key::new(&site, "acme-key");
    let mut profile = Profile::live("acme");
    profile.more += &format!("\n[sftp]\nkeys = [\"{}\"]\n{BOTH}", key.line());
    site.partner(&profile);
    let gateway = site.start();
    let desk = Desk::new();
    three(&desk);
    let zip = desk.zip(&["po-3.edi", "po-1.edi", "po-2.edi"]);
    let file = site.path("orders.zip");
    fs::write(&file, &zip).unwrap();
    Supplier::new(&site, &gateway, "acme", &key).sftp_fine(&format!("put {} /in/orders.zip", file.display()));
    let acme = Partner::new(&site, &gateway, "acme");
    let house = House { erp, site, gateway, acme };
    house.orders(&THREE);
    let database = house.site.database();
    let message = "SELECT transport || ' ' || file_name || ' ' || size || ' ' || state FROM message WHERE direction = 'in'";
    assert_eq!(database.rows(message), [format!("sftp orders.zip {} done", zip.len())]);
    // In the order of the names, and each knows its entry.
    let entries = "SELECT control_number || ' ' || state || ' ' || (findings->0->>'code') || ' ' || (findings->0->>'value')
                   FROM interchange ORDER BY ordinal";
    assert_eq!(
        database.rows(entries),
        [
            "000000001 accepted X1094 po-1.edi",
            "000000002 accepted X1094 po-2.edi",
            "000000003 accepted X1094 po-3.edi"
        ]
    );
    assert_eq!(database.count("message WHERE direction = 'out'"), 3, "each interchange has its answer");
    house.gateway.stop();
}

#[test]
fn a_zip_in_the_folder_stays_in_the_ledger_as_it_came() {
    let house = House::open(BOTH);
    let desk = Desk::new();
    three(&desk);
    desk.put("sub/readme.txt", "Three orders, see above.");
    let zip = desk.zip(&["-r", "."]);
    house.drop("orders.bin", &zip);
    house.orders(&THREE);
    let id = house.site.database().rows("SELECT id::text FROM message WHERE direction = 'in'").remove(0);
    let (code, bytes) = raw(&house.site, &["message", "raw", &id]);
    assert!(code == 0 && bytes == zip, "byte for byte");
    let texts = ["po-1", "po-2", "po-3", "sub/readme"].map(|name| {
        fs::read(desk.path().join(name).with_extension(if name.ends_with("me") { "txt" } else { "edi" }))
            .unwrap()
    });
    assert!(raw(&house.site, &["message", "raw", &id, "--unpacked"]) == (0, texts.concat()));
    // What could be read was; of the other, operators hear.
    let alert = house
        .site
        .database()
        .rows("SELECT title || '\t' || detail FROM alert WHERE cause = 'message:unread:acme'");
    assert_eq!(alert.len(), 1, "{alert:?}");
    assert!(alert[0].starts_with("acme: 1 of 4 files in an archive could not be read\t"), "{alert:?}");
    assert!(alert[0].contains("Entry \"sub/readme.txt\" holds no interchange"), "{alert:?}");
    let shown = house.fine(&["message", "show", &id]);
    assert!(shown.contains("entry \"sub/readme.txt\": 24 bytes belong to no interchange"), "{shown}");
    assert!(shown.contains("it stood in entry \"po-2.edi\""), "{shown}");
    // The same again: nothing happens twice, and each is answered as before.
    house.drop("again.zip", &zip);
    house.rows("SELECT count(*)::text FROM interchange WHERE state = 'duplicate'", &["3"]);
    house.orders(&THREE);
    house.gateway.stop();
}

/// A verb's stdout as bytes.
fn raw(site: &Site, arguments: &[&str]) -> (i32, Vec<u8>) {
    let done = Command::new(env!("CARGO_BIN_EXE_portway"))
        .args(arguments)
        .arg("--config")
        .arg(site.config())
        .output();
    let done = done.unwrap();
    (done.status.code().unwrap_or(-1), done.stdout)
}

#[test]
fn gzip_by_https_is_one_file_of_many_interchanges() {
    let house = House::open(BOTH);
    let desk = Desk::new();
    let many: String = (1..=25).map(|nth| order(&format!("PO-{nth:02}"), nth).text()).collect();
    desk.put("many.edi", many);
    house.acme.post(desk.gzip("many.edi")).id();
    let numbers: Vec<String> = (1..=25).map(|nth| format!("PO-{nth:02}")).collect();
    house.orders(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(house.acme.outbox_of(&house.gateway, 25).len(), 25);
    let at = "SELECT DISTINCT findings->0->>'value' FROM interchange";
    assert_eq!(house.site.database().rows(at), ["many.edi"], "the name in the GZIP header");
    house.gateway.stop();
}

#[test]
fn many_interchanges_in_one_file_need_no_archive() {
    let house = House::open("");
    let many: String = (1..=250).map(|nth| order(&format!("PO-{nth:03}"), nth).text()).collect();
    house.drop("many.edi", many);
    let numbers: Vec<String> = (1..=250).map(|nth| format!("PO-{nth:03}")).collect();
    house.orders(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(house.site.database().count("message WHERE direction = 'in'"), 1);
    assert_eq!(house.site.database().count("interchange WHERE state = 'accepted'"), 250);
    house.gateway.stop();
}

#[test]
fn an_archive_that_nobody_agreed_on_waits_and_is_processed_once_it_is() {
    let house = House::open("");
    let desk = Desk::new();
    three(&desk);
    // Stored, so that the orders can be seen in it: still it is an archive, and nothing of it is read.
    house.drop("orders.zip", desk.zip(&["-0", "po-1.edi", "po-2.edi", "po-3.edi"]));
    let words = ["this is a ZIP archive", "write [files] unpack = [\"zip\"] in partners.d/acme.toml"];
    let id = house.quarantined("unparseable", &words);
    assert!(house.erp.received().is_empty());
    house.reload(BOTH);
    house.fine(&["message", "release", &id]);
    house.orders(&THREE);
    house.gateway.stop();
}

#[test]
fn a_bomb_by_ratio_or_by_size_is_stopped_at_its_cap() {
    let house = House::open("[files]\nunpack = [\"zip\"]\nmax_unpacked_bytes = 900000000\n");
    let desk = Desk::new();
    desk.put("po.edi", order("PO-1", 1).text());
    desk.put("zeros", vec![0; 800 << 20]);
    let bomb = desk.zip(&["po.edi", "zeros"]);
    assert!(bomb.len() < 2 << 20, "{}", bomb.len());
    house.drop("bomb.zip", &bomb);
    let ratio = ["entry \"zeros\" of the ZIP archive", "200 times", "max_ratio", "partners.d/acme.toml"];
    let id = house.quarantined("too_large", &ratio);
    house.reload("[files]\nunpack = [\"zip\"]\nmax_unpacked_bytes = 20000000\nmax_ratio = 5000\n");
    house.fine(&["message", "release", &id]);
    house.gateway.until("the other cap", || {
        let rows = house.site.database().rows("SELECT detail FROM message WHERE state = 'quarantined'");
        rows.iter()
            .any(|d| d.contains("entry \"zeros\"") && d.contains("max_unpacked_bytes (20000000)"))
            .then_some(())
    });
    assert!(house.erp.received().is_empty(), "nothing of it is posted, not even the good entry");
    let peak = house.gateway.peak_memory();
    assert!(peak < 300 << 20, "{} MB", peak >> 20);
    house.gateway.stop();
}

#[test]
fn what_cannot_be_opened_waits_whole_and_says_why() {
    for (how, words) in [
        ("encrypted", &["entry \"po-1.edi\"", "is encrypted", "no password was agreed on"][..]),
        ("damaged", &["entry \"po-2.edi\"", "is damaged", "must send it again"]),
        ("cut off", &["the ZIP archive", "is damaged", "must send it again"]),
        ("nested", &["entry \"inner.zip\"", "archives in archives are not opened"]),
        ("too many", &["4 entries", "max_entries is 3"]),
    ] {
        let house = House::open("[files]\nunpack = [\"zip\"]\nmax_entries = 3\n");
        let desk = Desk::new();
        three(&desk);
        let mut zip = match how {
            "encrypted" => desk.zip(&["-P", "secret", "po-1.edi"]),
            "nested" => {
                let inner = desk.zip(&["po-1.edi"]);
                desk.put("inner.zip", inner);
                desk.zip(&["po-2.edi", "inner.zip"])
            }
            "too many" => {
                desk.put("po-4.edi", order("PO-4", 4).text());
                desk.zip(&["po-1.edi", "po-2.edi", "po-3.edi", "po-4.edi"])
            }
            _ => desk.zip(&["-0", "po-1.edi", "po-2.edi"]),
        };
        if how == "damaged" {
            let at = zip.windows(4).position(|w| w == b"PO-2").unwrap();
            zip[at + 3] = b'7';
        }
        if how == "cut off" {
            zip.truncate(zip.len() - 30);
        }
        house.drop("orders.zip", &zip);
        let reason = if how == "too many" { "too_large" } else { "unparseable" };
        let id = house.quarantined(reason, words);
        assert!(house.erp.received().is_empty(), "{how}: all or nothing");
        assert!(raw(&house.site, &["message", "raw", &id]).1 == zip, "{how}: it is kept as it came");
        assert_eq!(raw(&house.site, &["message", "raw", &id, "--unpacked"]), (1, Vec::new()), "{how}");
        house.gateway.stop();
    }
}

#[test]
fn a_name_that_leads_out_is_shown_and_never_followed() {
    let house = House::open(BOTH);
    let desk = Desk::new();
    let text = order("PO-1", 1).text();
    desk.put("../../evil.edi", &text);
    house.drop("orders.zip", desk.zip(&["../../evil.edi"]));
    house.orders(&["PO-1"]);
    let at = "SELECT findings->0->>'value' FROM interchange";
    assert_eq!(house.site.database().rows(at), ["../../evil.edi"]);
    let mut found = Vec::new();
    files_below(house.site.path("").parent().unwrap(), &mut found);
    assert!(!found.is_empty());
    assert!(!found.iter().any(|path| path.ends_with("evil.edi")), "{found:?}");
    assert!(!Path::new("evil.edi").exists());
    house.gateway.stop();
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => files_below(&entry.path(), found),
            false => found.push(entry.path()),
        }
    }
}

#[test]
fn an_entry_that_is_cut_off_takes_nothing_from_the_next() {
    let house = House::open(BOTH);
    let desk = Desk::new();
    let cut = order("PO-1", 1).text();
    desk.put("1.edi", &cut[..cut.find("PO1*2").unwrap() + 8]);
    desk.put("2.edi", order("PO-2", 2).text());
    house.drop("orders.zip", desk.zip(&["1.edi", "2.edi"]));
    house.orders(&["PO-2"]);
    let states = "SELECT control_number || ' ' || state FROM interchange ORDER BY ordinal";
    assert_eq!(house.site.database().rows(states), ["000000001 rejected", "000000002 accepted"]);
    house.gateway.stop();
}
