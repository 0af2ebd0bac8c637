//! The client alone, against a real sshd, our own door, and servers that misbehave.

use crate::harness::*;
use portway::net::spool::{Spool, Spooled};
use portway::net::ssh::{Client, Login, LoginBy, SshError, Upload};
use secrecy::SecretString;
use std::net::TcpListener;
use std::time::Duration;

fn spool() -> (tempfile::TempDir, Spool) {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::new(dir.path()).unwrap();
    (dir, spool)
}

fn bytes(of: &Spooled) -> Vec<u8> {
    of.chunks(1 << 20).flat_map(|chunk| chunk.unwrap()).collect()
}

fn sample(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn files_are_listed_read_written_renamed_and_removed() {
    let sshd = Sshd::start();
    let (out, (_dir, spool)) = (sshd.folder("out"), spool());
    let large = sample(3_000_017);
    sshd.put("out/a.edi", &large);
    sshd.put("out/empty.edi", "");
    sshd.folder("out/sub");
    std::os::unix::fs::symlink("a.edi", sshd.files().join("out/link")).unwrap();
    let client = Client::new(sshd.server());
    block(async {
        let about = client.about().await.unwrap();
        assert_eq!(
            (about.home.as_str(), about.host_key.as_str()),
            (sshd.files().to_str().unwrap(), sshd.fingerprint("ed25519").as_str())
        );
        assert!(about.banner.contains("OpenSSH") && !about.key_exchange.contains("sha1"), "{about:?}");
        let mut listed: Vec<_> = client.list(&out).await.unwrap().into_iter().collect();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        let kinds: Vec<_> =
            listed.iter().map(|e| (e.name.as_str(), e.stat.size, e.stat.is_file, e.stat.is_folder)).collect();
        assert_eq!(kinds[0], ("a.edi", Some(3_000_017), true, false));
        assert_eq!(kinds[1], ("empty.edi", Some(0), true, false));
        assert_eq!((kinds[2].0, kinds[2].2, kinds[2].3), ("link", false, false));
        assert_eq!((kinds[3].0, kinds[3].2, kinds[3].3), ("sub", false, true));
        // Relative paths begin at home.
        let stat = client.stat("out/a.edi").await.unwrap();
        assert!(stat.size == Some(3_000_017) && stat.mtime.is_some());
        let read = client.download(&format!("{out}/a.edi"), &spool, 3_000_017).await.unwrap();
        assert!(bytes(&read) == large);
        assert_eq!(client.download("out/empty.edi", &spool, 0).await.unwrap().size, 0);
        let limit = client.download("out/a.edi", &spool, 3_000_016).await.unwrap_err();
        assert!(matches!(limit, SshError::TooLarge { limit: 3_000_016, .. }), "{limit}");

        assert_eq!(client.upload("out/b.edi", read.clone(), Upload::New).await.unwrap(), 3_000_017);
        let taken = client.upload("out/b.edi", Spooled::from_bytes("x"), Upload::New).await.unwrap_err();
        assert_eq!(taken, SshError::Exists { path: "out/b.edi".into() });
        client.upload("out/empty.edi", Spooled::from_bytes("longer"), Upload::Overwrite).await.unwrap();
        assert_eq!(
            client.rename("out/b.edi", "out/a.edi").await,
            Err(SshError::Exists { path: "out/a.edi".into() })
        );
        client.rename("out/b.edi", "out/sub/c.edi").await.unwrap();
        client.remove("out/empty.edi").await.unwrap();
        for missing in [client.remove("out/empty.edi").await, client.rename("no", "yes").await] {
            assert!(matches!(missing, Err(SshError::NoSuchPath { .. })), "{missing:?}");
        }
        let missing = client.list("nowhere").await.unwrap_err();
        assert_eq!(missing, SshError::NoSuchPath { path: "nowhere".into() });
        assert_eq!(client.realpath("out/../out").await.unwrap(), out);
    });
    assert_eq!(sshd.names("out"), ["a.edi", "link", "sub"]);
    assert!(std::fs::read(sshd.files().join("out/sub/c.edi")).unwrap() == large);
    let logins = sshd.log().matches("Accepted publickey").count();
    assert_eq!(logins, 2, "one session was kept, and made anew after the file that was too large");
}

#[test]
fn another_host_key_is_refused_before_anybody_logs_in() {
    let mut sshd = Sshd::start();
    let known = sshd.server();
    block(Client::new(known.clone()).about()).unwrap();
    let before = sshd.fingerprint("ed25519");
    sshd.change_host_key();
    let offset = sshd.log().len();
    let error = block(Client::new(known).about()).unwrap_err();
    let expected = SshError::HostKey { expected: vec![before], got: vec![sshd.fingerprint("ed25519")] };
    assert_eq!(error, expected);
    let said = &sshd.log()[offset..];
    assert!(!said.contains("Accepted") && !said.contains("Failed"), "{said}");
}

#[test]
fn the_kind_of_host_key_that_is_known_is_asked_for() {
    let sshd = Sshd::with(&["ed25519", "ecdsa", "rsa"], "", "");
    for kind in ["rsa", "ecdsa", "ed25519"] {
        // A change is prepared: the old key and the new one.
        let old = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
        for known in [sshd.fingerprint(kind), sshd.host_key_line(kind)] {
            let mut server = sshd.server();
            server.host_keys = vec![old.parse().unwrap(), known.parse().unwrap()];
            assert_eq!(block(Client::new(server).about()).unwrap().host_key, sshd.fingerprint(kind));
        }
    }
    let mut server = sshd.server();
    server.host_keys = vec!["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap()];
    let Err(SshError::HostKey { got, .. }) = block(Client::new(server).about()) else { panic!("let in") };
    assert_eq!(got.len(), 3, "{got:?}");
}

#[test]
fn keys_of_every_kind_let_us_in_and_others_do_not() {
    let sshd = Sshd::start();
    let dir = tempfile::tempdir().unwrap();
    let mut authorized = std::fs::read_to_string(sshd.key().with_extension("pub")).unwrap();
    let mut keys = Vec::new();
    for (nth, arguments) in [
        &["-t", "ed25519", "-N", "secret words"][..],
        &["-t", "ecdsa", "-N", ""],
        &["-t", "rsa", "-b", "3072", "-N", ""],
        &["-t", "rsa", "-b", "3072", "-m", "PEM", "-N", "secret words"],
        // The last is not entered at the server.
        &["-t", "ed25519", "-N", ""],
    ]
    .into_iter()
    .enumerate()
    {
        let path = dir.path().join(format!("key-{nth}"));
        let made =
            std::process::Command::new("ssh-keygen").args(["-q", "-f"]).arg(&path).args(arguments).status();
        assert!(made.unwrap().success());
        if nth < 4 {
            authorized += &std::fs::read_to_string(path.with_extension("pub")).unwrap();
        }
        keys.push((std::fs::read_to_string(path).unwrap(), arguments.contains(&"secret words")));
    }
    std::fs::write(sshd.key().with_extension("pub"), authorized).unwrap();
    let try_with = |pem: &str, passphrase: Option<&str>| {
        let mut server = sshd.server();
        let passphrase = passphrase.map(SecretString::from);
        server.login = Login::Key { pem: SecretString::from(pem), passphrase };
        block(Client::new(server).about())
    };
    for (pem, encrypted) in &keys[..4] {
        try_with(pem, encrypted.then_some("secret words")).unwrap();
    }
    let refused = try_with(&keys[4].0, None).unwrap_err();
    assert!(
        matches!(&refused, SshError::LoginRefused { by: LoginBy::Key, user, .. } if *user == sshd.server().user),
        "{refused}"
    );
    for (pem, passphrase) in [(keys[0].0.as_str(), Some("other words")), (&keys[0].0, None), ("no key", None)]
    {
        let ours = try_with(pem, passphrase).unwrap_err();
        assert!(matches!(ours, SshError::OurSecret { .. }), "{ours:?}");
    }
}

#[test]
fn a_password_lets_us_in_at_our_own_door_and_a_wrong_one_does_not() {
    let mut site = Site::new();
    site.endpoint("erp", &Recorder::erp(), "");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    let hash = portway::profile::sftp::PasswordHash::of("correct horse").unwrap();
    let mut profile = Profile::live("acme");
    profile.more += &format!("\n[sftp]\npassword = \"{hash}\"\n");
    site.partner(&profile);
    let gateway = site.start();
    let public = std::fs::read_to_string(site.state().join("sftp/host_ed25519.pub")).unwrap();
    let client = |password: &str| {
        Client::new(portway::net::ssh::Server {
            host: "localhost".into(),
            port: gateway.sftp.rsplit(':').next().unwrap().parse().unwrap(),
            user: "acme".into(),
            host_keys: vec![public.parse().unwrap()],
            login: Login::Password(SecretString::from(password)),
            timeout: DEADLINE,
        })
    };
    let right = client("correct horse");
    let content = x12::order("4500123", 1).text();
    block(right.upload("/in/po.edi", Spooled::from_bytes(content), Upload::New)).unwrap();
    gateway.until("the order taken", || {
        (site.database().count("message WHERE direction = 'in'") == 1).then_some(())
    });
    let refused = block(client("wrong horse").about()).unwrap_err();
    assert!(matches!(refused, SshError::LoginRefused { by: LoginBy::Password, .. }), "{refused}");
}

#[test]
fn a_password_is_given_to_a_server_that_asks_for_it_as_a_question() {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/sftp_questions.py");
    let mut peer = std::process::Command::new(std::env::var("PORTWAY_TEST_PYTHON").unwrap())
        .arg(script)
        .arg("correct horse")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(peer.stdout.take().unwrap()), &mut line)
        .unwrap();
    let (port, host_key) = line.trim().split_once(' ').unwrap();
    let try_with = |password: &str| {
        block(
            Client::new(portway::net::ssh::Server {
                host: "127.0.0.1".into(),
                port: port.parse().unwrap(),
                user: "us".into(),
                host_keys: vec![host_key.parse().unwrap()],
                login: Login::Password(SecretString::from(password)),
                timeout: DEADLINE,
            })
            .about(),
        )
    };
    let (right, wrong) = (try_with("correct horse"), try_with("wrong horse"));
    peer.kill().unwrap();
    peer.wait().unwrap();
    assert_eq!(right.unwrap().home, "/");
    assert!(matches!(wrong, Err(SshError::LoginRefused { by: LoginBy::Password, .. })), "{wrong:?}");
}

#[test]
fn a_server_is_reached_by_ipv6_too() {
    let sshd = Sshd::with(&["ed25519"], "", "ListenAddress ::1");
    let mut server = sshd.server();
    server.host = "::1".into();
    let reached = block(Client::new(server).about());
    if TcpListener::bind("[::1]:0").is_ok() {
        assert!(reached.unwrap().address.is_ipv6());
    } else {
        // A host without IPv6 has no way there.
        assert!(matches!(reached, Err(SshError::Unreachable { .. } | SshError::Name { .. })), "{reached:?}");
    }
}

#[test]
fn a_server_that_is_not_there_or_says_nothing_is_told_apart() {
    let sshd = Sshd::start();
    let mut server = sshd.server();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    server.port = listener.local_addr().unwrap().port();
    server.timeout = Duration::from_millis(300);
    let silent = block(Client::new(server.clone()).about()).unwrap_err();
    assert!(matches!(silent, SshError::Timeout { .. }), "{silent:?}");
    drop(listener);
    let refused = block(Client::new(server.clone()).about()).unwrap_err();
    assert!(matches!(refused, SshError::Refused { .. }), "{refused:?}");
    server.timeout = DEADLINE;
    server.host = "no-such-host.invalid".into();
    let name = block(Client::new(server).about()).unwrap_err();
    assert!(matches!(name, SshError::Name { .. }), "{name:?}");
}

#[test]
fn a_server_that_is_no_ssh_server_or_only_an_old_one_is_a_failed_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sshd = Sshd::start();
    let mut server = sshd.server();
    server.port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::Write;
        for mut client in listener.incoming().map_while(Result::ok) {
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let other = block(Client::new(server).about()).unwrap_err();
    assert!(matches!(other, SshError::Handshake { .. } | SshError::Lost { .. }), "{other:?}");
    for old in
        ["KexAlgorithms diffie-hellman-group14-sha1", "HostKeyAlgorithms ssh-rsa", "Ciphers aes128-cbc"]
    {
        let sshd = Sshd::with(&["rsa"], "", old);
        let error = block(Client::new(sshd.server()).about()).unwrap_err();
        assert!(matches!(error, SshError::Handshake { .. }), "{old}: {error:?}");
    }
}

#[test]
fn a_transfer_that_stops_or_breaks_in_the_middle_is_an_error_and_the_next_one_works() {
    let sshd = Sshd::start();
    let (_dir, spool) = spool();
    let content = sample(2_000_000);
    sshd.put("large.edi", &content);
    let valve = Valve::to(sshd.port);
    let mut server = sshd.server();
    server.port = valve.port;
    server.timeout = Duration::from_secs(2);
    let client = Client::new(server);
    block(client.about()).unwrap();
    valve.after(300_000, Then::Stall);
    let stalled = block(client.download("large.edi", &spool, u64::MAX)).unwrap_err();
    assert!(matches!(stalled, SshError::Timeout { .. }), "{stalled:?}");
    valve.open();
    assert!(bytes(&block(client.download("large.edi", &spool, u64::MAX)).unwrap()) == content);
    valve.after(300_000, Then::Break);
    let broken = block(client.download("large.edi", &spool, u64::MAX)).unwrap_err();
    assert!(matches!(broken, SshError::Lost { .. }), "{broken:?}");
    valve.open();
    assert!(bytes(&block(client.download("large.edi", &spool, u64::MAX)).unwrap()) == content);
    valve.after(2_000, Then::Break);
    let broken =
        block(client.upload("up.edi", Spooled::from_bytes(content.clone()), Upload::New)).unwrap_err();
    assert!(matches!(broken, SshError::Lost { .. }), "{broken:?}");
}

#[test]
fn a_kept_session_that_was_cut_is_made_anew_and_one_that_is_given_up_ends() {
    let mut sshd = Sshd::start();
    sshd.put("a.edi", "ISA");
    let valve = Valve::to(sshd.port);
    let mut server = sshd.server();
    server.port = valve.port;
    let client = std::sync::Arc::new(Client::new(server));
    block(client.stat("a.edi")).unwrap();
    sshd.stop();
    sshd.start_again();
    // A session is asked whether it still works once it is not quite fresh.
    Watched::new(()).next_change(Duration::from_millis(600));
    assert_eq!(block(client.stat("a.edi")).unwrap().size, Some(3));
    // A caller that gives up does not leave the session to the next one.
    valve.after(0, Then::Stall);
    let asked = client.clone();
    let asking = beside(async move { asked.list(".").await });
    asking.abort();
    assert!(block(asking).is_err());
    valve.open();
    assert_eq!(block(client.stat("a.edi")).unwrap().size, Some(3));
}

#[test]
fn what_the_server_forbids_is_a_permission() {
    let sshd = Sshd::with(&["ed25519"], "-P remove,rename,write", "");
    sshd.put("a.edi", "ISA");
    let client = Client::new(sshd.server());
    for refused in [block(client.remove("a.edi")), block(client.rename("a.edi", "b.edi"))] {
        assert!(matches!(refused, Err(SshError::Permission { .. })), "{refused:?}");
    }
}
