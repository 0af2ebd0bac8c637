"""A Debian of its own for one run: debootstrap once into a cache, an overlay a run, systemd-nspawn with a network of its own.

What it promises: the cached system is never changed; everything a run did is gone at its end. Commands run inside by nsenter, peers from
outside join the container's network alone. How it fails: `Impossible` with the reason where this machine or kernel has no containers.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

SUITE = "bookworm"
# What the package needs and recommends: the run itself has no network.
INCLUDE = "systemd,systemd-sysv,dbus,ca-certificates,libssl3,zlib1g,python3,postgresql,procps"


class Impossible(Exception):
    pass


def run(*command, **options):
    return subprocess.run(command, text=True, check=True, **options)


def base(cache: pathlib.Path) -> pathlib.Path:
    """The system that every run starts from."""
    root = cache / f"{SUITE}-root"
    made = root.with_suffix(".made")
    if made.exists() and made.read_text() == INCLUDE:
        return root
    for tool in ("debootstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(tool) is None:
            raise Impossible(f"{tool} is not installed")
    if os.geteuid() != 0:
        raise Impossible("containers need root")
    shutil.rmtree(root, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    print(f"check: making a Debian {SUITE} in {root}", flush=True)
    log = cache / "debootstrap.log"
    with open(log, "w") as out:
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={INCLUDE}", SUITE, str(root)], stdout=out, stderr=out
        )
    if done.returncode != 0:
        raise Impossible(f"debootstrap failed: see {log}")
    # Its own cluster of PostgreSQL is not ours, and takes memory.
    subprocess.run(["chroot", str(root), "systemctl", "disable", "postgresql.service"], capture_output=True)
    made.write_text(INCLUDE)
    return root


class Container:
    def __init__(self, root: pathlib.Path, packages: pathlib.Path):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="portway-package-"))
        self.root = self.folder / "root"
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        layers = f"lowerdir={root},upperdir={self.folder}/upper,workdir={self.folder}/work"
        mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)], capture_output=True)
        self.overlay = mounted.returncode == 0
        if not self.overlay:
            self.root.rmdir()
            run("cp", "-a", "--reflink=auto", str(root), str(self.root))
        self.console = open(self.folder / "console.log", "w")
        self.process = subprocess.Popen(
            ["systemd-nspawn", f"--directory={self.root}", "--register=no", "--keep-unit", "--private-network", "--boot"]
            + ["--console=read-only", f"--bind-ro={packages}:/packages", "--hostname=gateway", "--quiet"],
            stdin=subprocess.DEVNULL,
            stdout=self.console,
            stderr=self.console,
        )
        self.leader = self._leader()
        state, deadline = "", time.monotonic() + 60
        # Its bus is not there from the first moment on.
        while state in ("", "offline", "starting", "initializing") and time.monotonic() < deadline:
            state = self.inside("systemctl", "is-system-running", check=False).stdout.strip()
            time.sleep(0.2)
        if state not in ("running", "degraded"):
            raise Impossible(f"systemd does not come up in a container: {state or self.last_words()}")
        self.inside("ip", "link", "set", "lo", "up", check=False)

    def last_words(self):
        self.console.flush()
        return (self.folder / "console.log").read_text()[-400:]

    def _leader(self):
        """The container's first process: the stub's child, once it runs as init."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Impossible(f"systemd-nspawn ended: {self.last_words()}")
            for pid in descendants(self.process.pid):
                try:
                    name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
                    inner = pathlib.Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                spaces = [line.split() for line in inner.splitlines() if line.startswith("NSpid:")]
                if name == "systemd" and spaces and spaces[0][-1] == "1" and len(spaces[0]) > 2:
                    return pid
            time.sleep(0.1)
        raise Impossible("the container's init was not seen")

    def inside(self, *command, check=True, input=None, timeout=180):
        """Runs a command in the container."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-C", "--", "env", "-i", *ENVIRONMENT, *command],
            text=True,
            capture_output=True,
            input=input,
            timeout=timeout,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def beside(self, *command, **options):
        """A program of this machine in the container's network."""
        return subprocess.Popen(["nsenter", "-t", str(self.leader), "-n", "--", *command], text=True, **options)

    def close(self):
        try:
            self.inside("systemctl", "poweroff", check=False, timeout=20)
            self.process.wait(60)
        except (subprocess.TimeoutExpired, AttributeError):
            self.process.kill()
            self.process.wait()
        self.console.close()
        if self.overlay:
            subprocess.run(["umount", "-l", str(self.root)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


ENVIRONMENT = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]


def descendants(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found
