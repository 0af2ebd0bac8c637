//! A way to a server that ends in the middle: it carries so many bytes of the server's answers, then stalls or breaks.

use super::watched::Watched;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What happens once the bytes are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stall,
    Break,
}

struct State {
    left: usize,
    then: Then,
    connections: Vec<TcpStream>,
}

pub struct Valve {
    pub port: u16,
    state: Arc<Watched<State>>,
    closed: Arc<AtomicBool>,
}

impl Valve {
    /// To a port on loopback; open.
    pub fn to(port: u16) -> Valve {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let state =
            Arc::new(Watched::new(State { left: usize::MAX, then: Then::Break, connections: Vec::new() }));
        let closed = Arc::new(AtomicBool::new(false));
        let (shared, over) = (state.clone(), closed.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let copies = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                shared.with(|s| s.connections.extend(copies));
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || carry(from, to, None));
                let state = shared.clone();
                std::thread::spawn(move || carry(server, client, Some(&state)));
            }
        });
        Valve { port: own, state, closed }
    }

    /// From now on this many bytes of answers, on all connections together.
    pub fn after(&self, bytes: usize, then: Then) {
        self.state.with(|s| (s.left, s.then) = (bytes, then));
    }

    pub fn open(&self) {
        self.after(usize::MAX, Then::Break);
    }
}

impl Drop for Valve {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        self.open();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.state.with(|s| s.connections.drain(..).for_each(|c| drop(c.shutdown(Shutdown::Both))));
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, state: Option<&Watched<State>>) {
    let mut buffer = [0u8; 4096];
    while let Ok(read) = from.read(&mut buffer) {
        let go = state.map_or((read, None), |state| {
            state.with(|s| {
                let go = read.min(s.left);
                if s.left != usize::MAX {
                    s.left -= go;
                }
                (go, (go < read).then_some(s.then))
            })
        });
        if read == 0 || to.write_all(&buffer[..go.0]).is_err() || go.1 == Some(Then::Break) {
            break;
        }
        if let (Some(Then::Stall), Some(state)) = (go.1, state) {
            state.until("the valve to open", |s| (s.left > 0).then_some(()));
            // What was held back is lost: nothing sensible comes any more.
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
