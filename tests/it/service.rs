//! The daemon as a service manager sees it (`sd_notify(3)`, `sd_listen_fds(3)`), driven against the binary itself: readiness,
//! reload, watchdog, sockets that outlive it, and no connection refused while one gateway follows another. `make package-check`
//! does the same with a real systemd, where containers can be had.

use crate::harness::x12::order;
use crate::harness::*;
use rustix::process::Signal;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;

/// What listens at `NOTIFY_SOCKET`.
struct Manager {
    socket: UnixDatagram,
    path: String,
}

impl Manager {
    fn of(site: &Site) -> Manager {
        let path = site.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        Manager { socket, path: path.display().to_string() }
    }

    /// The next message with one of these lines; others are passed over.
    #[track_caller]
    fn until(&self, wanted: &[&str]) -> String {
        let mut buffer = [0; 4096];
        loop {
            let read = self.socket.recv(&mut buffer).unwrap_or_else(|e| panic!("no {wanted:?}: {e}"));
            let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
            if text.lines().any(|line| wanted.contains(&line)) {
                return text;
            }
        }
    }
}

/// Sockets that are ours, and that a gateway started by this gets as numbers 3 and on, under these names.
fn handing_over(site: &mut Site, sockets: &[(&str, &TcpListener)]) -> Vec<(&'static str, String)> {
    let mut moves = String::new();
    for (nth, (_, socket)) in sockets.iter().enumerate() {
        rustix::io::fcntl_setfd(socket, rustix::io::FdFlags::empty()).unwrap();
        // Its copy, and the number it came under is shut: as systemd leaves it.
        moves += &format!(" {}<&{fd} {fd}<&-", 3 + nth, fd = socket.as_raw_fd());
    }
    let script = format!("LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" \"$@\"{moves}");
    // Not sh: numbers of two digits.
    site.within = vec!["bash".into(), "-c".into(), script];
    let names: Vec<&str> = sockets.iter().map(|(name, _)| *name).collect();
    vec![("LISTEN_FDS", sockets.len().to_string()), ("LISTEN_FDNAMES", names.join(":"))]
}

fn environment<'a>(owned: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    owned.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A number that no shell redirection above takes.
fn high(listener: TcpListener) -> TcpListener {
    let moved = rustix::io::fcntl_dupfd_cloexec(&listener, 7).unwrap();
    TcpListener::from(moved)
}

#[test]
fn readiness_reload_watchdog_and_the_end_are_told_to_the_service_manager() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let manager = Manager::of(&site);
    let gateway = site.start_with(&[("NOTIFY_SOCKET", &manager.path), ("WATCHDOG_USEC", "3000000")]);
    manager.until(&["READY=1"]);
    manager.until(&["WATCHDOG=1"]);
    gateway.signal(Signal::HUP);
    let reloading = manager.until(&["RELOADING=1"]);
    assert!(reloading.contains("MONOTONIC_USEC="), "systemd 253 and newer want the instant: {reloading}");
    manager.until(&["READY=1"]);
    manager.until(&["WATCHDOG=1"]);
    gateway.signal(Signal::TERM);
    manager.until(&["STOPPING=1"]);
    gateway.stop();
}

#[test]
fn a_door_takes_the_socket_it_is_handed_and_nobody_is_refused_while_one_gateway_follows_another() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let socket = high(TcpListener::bind("127.0.0.1:0").unwrap());
    let address = socket.local_addr().unwrap().to_string();
    let handed = handing_over(&mut site, &[("https", &socket)]);
    let gateway = site.start_with(&environment(&handed));
    assert_eq!(gateway.address, address, "it listens where the service manager does");
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500001", 1).text()).id();

    // Nobody serves: what comes now waits in the socket, and the next gateway answers it.
    gateway.stop();
    let waiting = std::thread::spawn({
        let partner = partner.clone();
        move || partner.post(order("4500002", 2).text()).id()
    });
    let gateway = site.start_with(&environment(&handed));
    waiting.join().unwrap();
    erp.wait_effects(2);

    // Orders all the while it is stopped and started again.
    let posting: Vec<_> = (0..3)
        .map(|thread| {
            let partner = partner.clone();
            std::thread::spawn(move || {
                for nth in 0..20 {
                    let number = 100 + thread * 100 + nth;
                    partner.post(order(&format!("45{number:05}"), number).text()).id();
                }
            })
        })
        .collect();
    erp.wait_effects(5);
    gateway.stop();
    let gateway = site.start_with(&environment(&handed));
    for posted in posting {
        posted.join().expect("a request was refused");
    }
    erp.wait_effects(62);
    gateway.stop();
}

#[test]
fn a_socket_without_its_section_is_said_and_whoever_comes_is_turned_away() {
    let mut site = Site::new();
    let socket = high(TcpListener::bind("127.0.0.1:0").unwrap());
    let address = socket.local_addr().unwrap();
    let handed = handing_over(&mut site, &[("as2", &socket)]);
    let gateway = site.start_with(&environment(&handed));
    gateway.line("portway-as2.socket is open, but gateway.toml has no [listen.as2]");
    let mut stranger = std::net::TcpStream::connect(address).unwrap();
    stranger.set_read_timeout(Some(DEADLINE)).unwrap();
    let read = std::io::Read::read(&mut stranger, &mut [0; 16]);
    assert!(matches!(read, Ok(0)) || read.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset));
    gateway.stop();
}

#[test]
fn a_secret_is_read_from_what_the_unit_loaded_and_at_a_terminal_from_the_same_folder() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.replace("{ file = \"secrets/erp\" }", "{ credential = \"erp-webhook\" }");
    site.partner(&Profile::live("acme"));
    site.write();
    let (exit, out, _) = site.run(&["validate"]);
    assert!(exit == 0 || out.contains("credential"), "{out}");
    // `LoadCredential=portway:FOLDER` names each file so.
    let loaded = site.path("loaded");
    std::fs::create_dir(&loaded).unwrap();
    std::fs::write(loaded.join("portway_erp-webhook"), erp.secret()).unwrap();
    let gateway = site.start_with(&[("CREDENTIALS_DIRECTORY", loaded.to_str().unwrap())]);
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    erp.wait_effects(1);
    gateway.stop();
    // Without a service manager: the folder that the unit loads.
    std::fs::create_dir(site.path("conf/credentials")).unwrap();
    std::fs::write(site.path("conf/credentials/erp-webhook"), erp.secret()).unwrap();
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500124", 18).text()).id();
    erp.wait_effects(2);
    gateway.stop();
}
