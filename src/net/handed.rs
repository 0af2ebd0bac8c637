//! Listening sockets that the service manager holds and hands to us (`sd_listen_fds(3)`).
//!
//! It promises: a door whose socket was handed over never refuses a connection while the gateway restarts, for the socket stays
//! open and what comes waits in its queue. A socket that no door claims is served by [`refuse`], so that nobody waits in it.
//! Fails with what is wrong with the environment or the descriptor.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use tokio_util::sync::CancellationToken;

/// The sockets by their names (`FileDescriptorName=` of the unit), one a name: a unit for several addresses
/// listens at `[::]`.
#[derive(Debug, Default)]
pub struct Handed(BTreeMap<String, TcpListener>);

impl Handed {
    /// Takes what the service manager left for this process. Called once: descriptors have one owner.
    ///
    /// # Errors
    /// The variables cannot be read, or a descriptor is no listening TCP socket.
    pub fn take() -> io::Result<Handed> {
        let invalid = |e: sd_listen_fds::Error| io::Error::new(io::ErrorKind::InvalidData, e.to_string());
        let mut handed = BTreeMap::new();
        for (name, descriptor) in sd_listen_fds::get().map_err(invalid)? {
            let descriptor = descriptor.into_std();
            // Whatever we start must not hold the door open after us.
            rustix::io::fcntl_setfd(&descriptor, rustix::io::FdFlags::CLOEXEC)?;
            let listener = TcpListener::from(descriptor);
            listener.local_addr()?;
            listener.set_nonblocking(true)?;
            let name = name.unwrap_or_default();
            if handed.insert(name.clone(), listener).is_some() {
                let words =
                    format!("two sockets are named '{name}': one FileDescriptorName= for one address");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
            }
        }
        Ok(Handed(handed))
    }

    /// The sockets of that name; none if the door opens its own.
    pub fn claim(&mut self, name: &str) -> Option<TcpListener> {
        self.0.remove(name)
    }

    /// What nobody claimed, by name.
    pub fn unclaimed(&mut self) -> Vec<(String, TcpListener)> {
        std::mem::take(&mut self.0).into_iter().collect()
    }
}

/// Closes every connection at once until `stop`: the door behind this socket is shut by configuration.
pub async fn refuse(listener: TcpListener, stop: CancellationToken) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => {
                if accepted.is_err() {
                    // Out of descriptors: not in a circle.
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }
}

/// Whether a handed socket is where the configuration says the door is: the same port, for the unit may bind all addresses.
pub fn fits(socket: SocketAddr, configured: SocketAddr) -> bool {
    configured.port() == 0 || socket.port() == configured.port()
}
