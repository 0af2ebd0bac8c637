//! Who comes in, and what they may do: accounts are the profiles, and a session is SFTP and nothing else.

use super::*;
use std::process::Command;

#[test]
fn only_the_profiles_keys_open_the_door() {
    let house = House::open("");
    let stranger = Key::new(&house.site, "stranger");
    assert!(!house.acme.with(&stranger).sftp("ls").status.success());
    assert!(!house.acme.as_user("bolt").sftp("ls").status.success());
    house.gateway.line("the key is not one of the profile's");
    house.gateway.line("nobody has this user name");
    // A draft, and somebody from elsewhere.
    let mut draft = profile("bolt", &stranger, "");
    draft.status = "draft";
    house.site.partner(&draft);
    house.site.partner(&profile("crow", &stranger, "addresses = [\"192.0.2.0/24\", \"2001:db8::/32\"]"));
    house.site.partner(&profile("dove", &stranger, "addresses = [\"127.0.0.0/8\"]\nuser = \"DOVE01\""));
    house.gateway.signal(rustix::process::Signal::HUP);
    house.gateway.line("reloaded");
    let other = house.acme.with(&stranger);
    assert!(!other.as_user("bolt").sftp("ls").status.success());
    assert!(!other.as_user("crow").sftp("ls").status.success());
    assert!(!other.as_user("dove").sftp("ls").status.success());
    other.as_user("DOVE01").sftp_fine("ls /in");
    house.acme.sftp_fine("ls /in");
    house.gateway.stop();
}

#[test]
fn keys_rotate_from_files_and_a_key_taken_out_ends_its_session() {
    let (erp, site, key) = scene("");
    let next = Key::of(&site, "next-key", &["-t", "rsa", "-b", "3072"]);
    std::fs::copy(next.public(), site.config().join("acme.pub")).unwrap();
    let mut both = Profile::live("acme");
    both.more += &format!("\n[sftp]\nkeys = [\"{}\", \"acme.pub\"]\n", key.line());
    site.partner(&both);
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let mut old = house.acme.paramiko();
    house.acme.with(&next).sftp_fine("ls /in");
    let mut rotated = Profile::live("acme");
    rotated.more += "\n[sftp]\nkeys = [\"acme.pub\"]\n";
    house.site.partner(&rotated);
    house.gateway.signal(rustix::process::Signal::HUP);
    house.gateway.line("reloaded");
    old.refused(json!({ "do": "list", "path": "/in" }));
    assert!(!house.acme.sftp("ls").status.success());
    house.acme.with(&next).sftp_fine("ls /in");
    house.gateway.stop();
}

#[test]
fn a_password_opens_the_door_where_the_profile_has_its_hash() {
    let (erp, site, key) = scene("");
    let (code, hash, said) = site.run_with_input(&["partner", "password"], "correct horse\n");
    assert_eq!(code, 0, "{said}");
    site.partner(&profile("acme", &key, &format!("password = \"{}\"", hash.trim())));
    site.partner(&profile("bolt", &Key::new(&site, "bolt-key"), &format!("password = \"{}\"", hash.trim())));
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let mut client = house.acme.by_password("correct horse").unwrap_or_else(|e| panic!("{e}"));
    client.fine(json!({ "do": "put", "path": "/in/po.edi", "text": order("4500123", 1).text() }));
    house.once("4500123");
    // Somebody guesses at Bolt's, on many connections at once: Bolt's password is not even looked at any more.
    let guesses: Vec<_> = (0..12)
        .map(|nth| {
            let bolt = house.acme.as_user("bolt");
            std::thread::spawn(move || bolt.by_password(&format!("guess {nth}")).is_err())
        })
        .collect();
    assert!(guesses.into_iter().all(|guess| guess.join().unwrap()), "no guess opens the door");
    house.gateway.line("the password is wrong");
    // Acme, from the same address, is not slowed down, and neither is Bolt's key.
    house.acme.by_password("correct horse").unwrap_or_else(|e| panic!("{e}"));
    let bolt = house.acme.as_user("bolt").with(&Key::existing(&house.site, "bolt-key"));
    bolt.sftp_fine("ls /in");
    house.gateway.stop();
}

#[test]
fn a_session_is_sftp_and_nothing_else() {
    let house = House::open("");
    for command in [
        &["ls"][..],
        &["-t"],
        &["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9"],
        &["-W", "127.0.0.1:9"],
        &["-s", "netconf"],
    ] {
        let output = house.acme.ssh(command);
        assert!(!output.status.success(), "{command:?}: {}", said(&output));
    }
    let mut client = house.acme.paramiko();
    client.refused(json!({ "do": "exec", "command": "id" }));
    client.refused(json!({ "do": "forward" }));
    client.refused(json!({ "do": "listen" }));
    client.refused(json!({ "do": "shell" }));
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "list", "path": "/" }));
    let offered = Command::new("ssh")
        .args([
            "-vv",
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
        ])
        .args(["-p", house.gateway.sftp.rsplit(':').next().unwrap(), "acme@127.0.0.1"])
        .output()
        .unwrap();
    let offered = String::from_utf8_lossy(&offered.stderr).into_owned();
    assert!(
        offered.contains("Authentications that can continue: publickey,password\n")
            || offered.contains("Authentications that can continue: publickey,password\r\n"),
        "{offered}"
    );
    let compression: Vec<&str> = offered.lines().filter(|l| l.contains("compression stoc: ")).collect();
    assert!(compression[1].ends_with("compression stoc: none"), "{compression:?}");
    house.gateway.stop();
}

#[test]
fn no_path_leads_out_of_the_tree() {
    let house = House::open("");
    std::fs::write(house.site.path("state/secret.txt"), "secret").unwrap();
    let mut client = house.acme.paramiko();
    for path in [
        "/etc/passwd",
        "../../../../etc/passwd",
        "/in/../../etc/passwd",
        "/out/../../../state/secret.txt",
        "/failed//../..//state/secret.txt",
        "/in/..\\..\\secret.txt",
    ] {
        client.refused(json!({ "do": "get", "path": path }));
        client.refused(json!({ "do": "stat", "path": path }));
        client.refused(json!({ "do": "put", "path": path, "text": "x" }));
        client.refused(json!({ "do": "remove", "path": path }));
        client.refused(json!({ "do": "list", "path": path }));
    }
    assert_eq!(client.fine(json!({ "do": "real", "path": "../../.." })), json!("/"));
    assert_eq!(client.fine(json!({ "do": "real", "path": "in/../out/./x" })), json!("/out/x"));
    client.fine(json!({ "do": "put", "path": "/in/a.part", "text": "x" }));
    for refused in [
        json!({ "do": "mkdir", "path": "/in/sub" }),
        json!({ "do": "mkdir", "path": "/in" }),
        json!({ "do": "rmdir", "path": "/out" }),
        json!({ "do": "symlink", "path": "/etc/passwd", "to": "/in/link" }),
        json!({ "do": "readlink", "path": "/in/a.part" }),
        json!({ "do": "put", "path": "/out/x.edi", "text": "x" }),
        json!({ "do": "put", "path": "/x.edi", "text": "x" }),
        json!({ "do": "put", "path": "/in/sub/x.edi", "text": "x" }),
        json!({ "do": "get", "path": "/in/a.part" }),
        json!({ "do": "rename", "path": "/in/a.part", "to": "/out/a.edi" }),
        json!({ "do": "rename", "path": "/in/a.part", "to": "/in/../../a.edi" }),
        json!({ "do": "put", "path": format!("/in/{}", "x".repeat(200)), "text": "x" }),
    ] {
        client.refused(refused);
    }
    assert!(client.refused(json!({ "do": "mkdir", "path": "/in/sub" })).contains("Folders cannot be made"));
    assert_eq!(house.messages(), Vec::<String>::new());
    // An ordinary name with odd letters is only a name.
    client.fine(json!({ "do": "put", "path": "/in/Bestellung Nr. 5; rm -rf $HOME é.edi", "text": order("4500123", 1).text() }));
    assert_eq!(house.messages(), ["sftp Bestellung Nr. 5; rm -rf $HOME é.edi"]);
    house.once("4500123");
    house.gateway.stop();
}

#[test]
fn the_sheet_names_the_host_keys() {
    let mut house = House::open("");
    house.site.replace("[listen.sftp]\n", "[listen.sftp]\nhost = \"sftp.northwind.example:2222\"\n");
    house.site.write();
    let (_, sheet, _) = house.site.run(&["partner", "sheet", "acme"]);
    let public = house.site.state().join("sftp/host_ed25519.pub");
    let listed = Command::new("ssh-keygen").arg("-lf").arg(public).output().unwrap();
    let fingerprint = String::from_utf8(listed.stdout).unwrap().split(' ').nth(1).unwrap().to_owned();
    assert!(fingerprint.starts_with("SHA256:"));
    for part in [&fingerprint, "sftp.northwind.example:2222", "acme", "/in", "/out"] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    let (_, json, _) = house.site.run(&["partner", "sheet", "acme", "--json"]);
    assert!(json.contains(&fingerprint), "{json}");
}
