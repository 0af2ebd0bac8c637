//! The private cluster to a newer major version, by PostgreSQL's own `pg_upgrade`.
//!
//! Promises: touches nothing while the cluster runs; `pg_upgrade --check` comes first; the new data folder takes the old one's place in
//! one step, and the old one stays as `data.<major>` until [`Cluster::finish_upgrade`]. A try that fails leaves the cluster as it was
//! (with `link`, up to the moment at which pg_upgrade has begun to link; it says so itself).
//! Fails with [`Error::Refused`] where it runs or there is nothing to do.

use super::{
    Account, Cluster, HBA, SUPERUSER, UNIT_IDENT, USER, installed, make_folder, user_of, write_failed,
};
use crate::ledger::{Error, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How it is to be done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// Only pg_upgrade's own check.
    pub check: bool,
    /// Link the files in place of copying them: quick, and the old data cannot be gone back to once the new has started.
    pub link: bool,
    /// The major version; `None`: the newest one installed.
    pub to: Option<u32>,
}

#[derive(Debug)]
pub struct Upgraded {
    pub from: u32,
    pub to: u32,
    /// Where the old data is; `None` after a check.
    pub old: Option<PathBuf>,
}

impl Cluster {
    /// The unit's cluster, worked on from outside its unit: as root, under the account that owns the data.
    pub fn of_unit_from_outside(data: &Path, run: &Path) -> Cluster {
        let mut cluster = Cluster::of_unit(data, run);
        if let (true, Ok(owner)) = (rustix::process::geteuid().is_root(), fs::metadata(data)) {
            let name = user_of(owner.uid()).unwrap_or_default();
            cluster.account = Some(Account { name, uid: owner.uid(), gid: owner.gid() });
        }
        cluster
    }

    /// Moves the data folder to another major version.
    ///
    /// # Errors
    /// [`Error::Refused`] while it runs, or where nothing newer is installed; [`Error::Unavailable`] with pg_upgrade's words.
    pub fn upgrade(&self, wish: Wish) -> Result<Upgraded> {
        let from = self
            .major()
            .ok_or_else(|| Error::NotFound(format!("a private PostgreSQL in {}", self.data.display())))?;
        if self.running() {
            return Err(Error::Refused(format!(
                "the PostgreSQL of {} runs: stop it first (systemctl stop portway portway-postgres, or the gateway that started it)",
                self.data.display()
            )));
        }
        let old = self.binaries()?;
        let (to, new) = target(from, wish.to)?;
        let kept = self.kept(from);
        if kept.exists() && !wish.check {
            return Err(Error::Refused(format!(
                "{} is there from an earlier upgrade: remove it first with 'portway db upgrade --finish'",
                kept.display()
            )));
        }
        let work = self.data.with_extension("up");
        let making = Cluster { data: self.data.with_extension("new"), ..self.clone() };
        let clear = || [&work, &making.data].map(|folder| fs::remove_dir_all(folder).ok());
        clear();
        let done = self
            .prepare(&making, &work, &new)
            .and_then(|()| self.move_over(&making, &work, [&old, &new], wish));
        if done.is_err() || wish.check {
            clear();
        }
        done?;
        if wish.check {
            return Ok(Upgraded { from, to, old: None });
        }
        // In one step: a start that finds no data folder would make an empty one.
        renameat_with(CWD, &making.data, CWD, &self.data, RenameFlags::EXCHANGE)
            .map_err(|e| write_failed(&self.data, &e.into()))?;
        fs::rename(&making.data, &kept).map_err(|e| write_failed(&kept, &e))?;
        let _ = fs::remove_dir_all(&work);
        Ok(Upgraded { from, to, old: Some(kept) })
    }

    /// An empty cluster like ours, and a folder for pg_upgrade's sockets and scripts.
    fn prepare(&self, making: &Cluster, work: &Path, new: &Path) -> Result<()> {
        make_folder(work, 0o700, self.account.as_ref())?;
        make_folder(&making.data, 0o700, self.account.as_ref())?;
        making.initdb(new, self.superuser())?;
        if self.is_unit() {
            let written = fs::write(making.data.join("pg_ident.conf"), UNIT_IDENT)
                .and_then(|()| fs::write(making.data.join("pg_hba.conf"), HBA));
            return written.map_err(|e| write_failed(&making.data, &e));
        }
        making.write_access()
    }

    fn move_over(&self, making: &Cluster, work: &Path, [old, new]: [&Path; 2], wish: Wish) -> Result<()> {
        let text = |path: &Path| path.display().to_string();
        let words = [text(old), text(new), text(&self.data), text(&making.data), text(work)];
        let [old_bin, new_bin, old_data, new_data, sockets] = &words;
        let mut arguments = vec![
            "-b",
            old_bin,
            "-B",
            new_bin,
            "-d",
            old_data,
            "-D",
            new_data,
            "-s",
            sockets,
            "-U",
            self.superuser(),
        ];
        if wish.link {
            arguments.push("--link");
        }
        let program = new.join("pg_upgrade");
        self.run_in(work, &program, &[&arguments[..], &["--check"]].concat(), "")?;
        if !wish.check {
            self.run_in(work, &program, &arguments, "")?;
        }
        Ok(())
    }

    /// Removes the data folders that upgrades have left; returns them.
    pub fn finish_upgrade(&self) -> Result<Vec<PathBuf>> {
        if self.major().is_none() {
            return Err(Error::NotFound(format!("a private PostgreSQL in {}", self.data.display())));
        }
        let mut removed = Vec::new();
        for major in 10..100 {
            let kept = self.kept(major);
            if kept.join("PG_VERSION").exists() {
                fs::remove_dir_all(&kept).map_err(|e| write_failed(&kept, &e))?;
                removed.push(kept);
            }
        }
        Ok(removed)
    }

    fn kept(&self, major: u32) -> PathBuf {
        self.data.with_extension(major.to_string())
    }

    /// The unit's cluster logs to the journal.
    fn is_unit(&self) -> bool {
        self.log.as_os_str().is_empty()
    }

    fn superuser(&self) -> &'static str {
        if self.is_unit() { SUPERUSER } else { USER }
    }
}

/// The version to go to, and its binaries.
fn target(from: u32, wanted: Option<u32>) -> Result<(u32, PathBuf)> {
    let found = installed();
    let versions: Vec<u32> = found.iter().map(|(major, _)| *major).collect();
    let to = match wanted {
        Some(major) => found.into_iter().find(|(m, _)| *m == major && *m >= from),
        None => found.into_iter().next_back().filter(|(m, _)| *m > from),
    };
    let (to, bin) = to.ok_or_else(|| {
        Error::Refused(format!(
            "there is nothing to upgrade to: the data is PostgreSQL {from}'s, and installed here is {versions:?}. Run 'apt install \
             postgresql-{}' first, or a newer one",
            wanted.unwrap_or(from + 1)
        ))
    })?;
    if !bin.join("pg_upgrade").exists() {
        return Err(Error::Unsuitable(format!(
            "{} has no pg_upgrade: install postgresql-{to} whole",
            bin.display()
        )));
    }
    Ok((to, bin))
}
