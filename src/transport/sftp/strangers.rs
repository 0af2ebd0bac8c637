//! Connections that have not logged in yet, counted by address: nobody holds all places of the door without a key.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub struct Strangers {
    most: usize,
    counts: Mutex<HashMap<IpAddr, Count>>,
}

#[derive(Debug, Default)]
struct Count {
    here: usize,
    told: bool,
}

/// There are enough of this address. `first`: it was not said yet.
#[derive(Debug)]
pub struct Enough {
    pub first: bool,
}

/// A counted connection; dropping it counts it out.
#[derive(Debug)]
pub struct Stranger {
    strangers: Arc<Strangers>,
    address: IpAddr,
}

impl Strangers {
    /// At most `most` of one address.
    pub fn new(most: usize) -> Arc<Strangers> {
        Arc::new(Strangers { most, counts: Mutex::default() })
    }

    /// Counts one in.
    ///
    /// # Errors
    /// [`Enough`]; said once until all of that address are gone or in.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Stranger, Enough> {
        let address = address.to_canonical();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if count.here >= self.most {
            return Err(Enough { first: !std::mem::replace(&mut count.told, true) });
        }
        count.here += 1;
        Ok(Stranger { strangers: Arc::clone(self), address })
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut counts = self.strangers.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            count.here -= 1;
            if count.here == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_address_has_its_own_places_and_gets_them_back() {
        let strangers = Strangers::new(2);
        let (home, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = strangers.enter(home).unwrap();
        let _second = strangers.enter("::ffff:192.0.2.1".parse().unwrap()).unwrap();
        assert!(strangers.enter(home).unwrap_err().first);
        assert!(!strangers.enter(home).unwrap_err().first);
        let third = strangers.enter(other).unwrap();
        drop(first);
        assert!(strangers.enter(home).is_ok());
        drop(third);
        assert_eq!(strangers.counts.lock().unwrap().len(), 1, "nothing is kept of who left");
    }
}
