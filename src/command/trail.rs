//! The audit trail of verbs that change files alone (`cert import`, `cert new`, `partner new`), which also work without a ledger.
//!
//! Where one can be reached, the entry is written before the first file is, and commits after the last: what cannot be written down is not
//! done. Where none can, the verb says so; the reload or start that puts the files in force leaves an entry in any case.

use super::actor::actor;
use super::connect;
use super::output::{Stop, words};
use crate::clock::{Clock, SystemClock};
use crate::ledger::Ledger;
use crate::ledger::audit::{Change, Pending};
use crate::profile::Configuration;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// Where the change of one verb is written down.
pub struct Trail {
    ledger: Option<Ledger>,
    pending: Option<Pending>,
}

impl Trail {
    /// With the ledger, if it can be reached.
    pub async fn open(configuration: Option<&Configuration>) -> Trail {
        let mut ledger = match configuration {
            Some(configuration) => connect::quietly(configuration).await,
            None => None,
        };
        // A database in which no gateway has run yet is none.
        if let Some(found) = &ledger
            && !found.keeps_audit().await
        {
            ledger = None;
        }
        Trail { ledger, pending: None }
    }

    /// The change that is about to be made.
    ///
    /// # Errors
    /// It cannot be written down: do not make it.
    pub fn note(&mut self, change: &Change<'_>) -> Result<(), Stop> {
        let Some(ledger) = &self.ledger else {
            words(
                "note: no ledger can be reached, so the audit trail does not name you; it will name the reload that puts this in force",
            );
            return Ok(());
        };
        let actor = actor();
        let begun = ledger.begin_audited(&actor, change, SystemClock.now());
        let begun = block_in_place(|| Handle::current().block_on(begun));
        self.pending = Some(begun.map_err(|error| {
            Stop::Problem(format!("nothing was changed, as it cannot be written down: {error}"))
        })?);
        Ok(())
    }

    /// It was made.
    ///
    /// # Errors
    /// Its entry got lost on the way.
    pub fn done(&mut self) -> Result<(), Stop> {
        let Some(pending) = self.pending.take() else { return Ok(()) };
        block_in_place(|| Handle::current().block_on(pending.commit())).map_err(|error| {
            Stop::Problem(format!("the files are changed, but the audit trail has no entry of it: {error}"))
        })
    }

    /// For tests of the files alone.
    #[cfg(test)]
    pub fn nowhere() -> Trail {
        Trail { ledger: None, pending: None }
    }
}
