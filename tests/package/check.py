"""Proves a package on a Debian of its own: installs it, starts it, exchanges orders, restarts it under load, upgrades it, probes its
walls, removes and purges it.

Usage: check.py NEW.deb [PREVIOUS.deb]. With PREVIOUS, that one is installed first and NEW is the upgrade, with messages in flight.
Each step says what it saw; the first that fails ends with status 1 and the journal. Where this machine forbids containers it says
`skipped` and why, with status 0: tests/it/service drives the same binary's readiness, sockets, watchdog and reload there.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

from container import Container, Impossible, base

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
PEERS = PROJECT / "tests/peers"
PYTHON = os.environ.get("PORTWAY_TEST_PYTHON", sys.executable)
TOKEN = "package-check"
PROFILE = """\
id = "greenfield"
name = "Greenfield Stores"
status = "live"
extends = "x12-4010-retail"
[https]
tokens = ["sha256:{token}"]
[sftp]
keys = ["{sftp}"]
[as2]
id = "GREENFIELD"
url = "http://127.0.0.1:9/as2"
certificates = ["certs/greenfield.pem"]
[x12]
id = "ZZ:GREENFIELD"
[receive.850]
to = ["erp"]
"""


def say(*words):
    print("check:", *words, flush=True)


class House:
    """The gateway in its container, as its operator and its partner see it."""

    def __init__(self, container, keys):
        self.c = container
        self.keys = keys
        self.number = 1000
        self.posted = set()

    def install(self, package):
        # Not asked about gateway.toml, which the operator has changed: it stays.
        keep = ("-o", "Dpkg::Options::=--force-confold")
        self.c.inside("apt-get", "install", "-y", "-q", *keep, f"/packages/{package}")

    def configure(self):
        etc = self.c.root / "etc/portway"
        gateway = (etc / "gateway.toml").read_text()
        gateway = gateway.replace('x12 = "ZZ:OURCOMPANY"', 'x12 = "ZZ:NORTHWIND"\nas2 = "NORTHWIND"')
        (etc / "gateway.toml").write_text(gateway)
        self.write("etc/portway/certs/greenfield.pem", (self.keys / "partner.pem").read_text())
        made = self.c.inside("portway", "cert", "new", "--station", "us", "--bits", "2048", check=False)
        if made.returncode != 0:
            made = self.c.inside("portway", "cert", "new", "--station", "us")
        key = next((etc / "credentials").glob("*.key")).name
        pair = f'keys = [{{ certificate = "certs/{key[:-4]}.pem", key = {{ credential = "{key}" }} }}]'
        (etc / "gateway.toml").write_text(gateway.replace('as2 = "NORTHWIND"', f'as2 = "NORTHWIND"\n{pair}'))
        (self.keys / "ours.pem").write_text((etc / f"certs/{key[:-4]}.pem").read_text())
        public = (self.keys / "sftp.pub").read_text().strip()
        token = subprocess.run(["sha256sum"], input=TOKEN, text=True, capture_output=True).stdout.split()[0]
        self.write("etc/portway/partners.d/greenfield.toml", PROFILE.format(token=token, sftp=public))
        self.c.inside("portway", "validate")

    def write(self, path, text):
        file = self.c.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def order(self):
        """The next order: its interchange, its control number and its order number."""
        self.number += 1
        text = (PROJECT / "partner-profiles/demo/good-850.edi").read_text()
        number = f"46{self.number:05}"
        text = text.replace("000000417", f"{self.number:09}").replace("*417", f"*{self.number}").replace("4500123", number)
        self.posted.add(number)
        return text, number

    def delivered(self):
        """The order numbers that the ERP's folder holds, each file once."""
        numbers = []
        for file in (self.c.root / "var/lib/portway/erp").glob("*.json"):
            event = json.loads(file.read_text())
            numbers.append(event["data"]["number"] if "number" in event["data"] else find(event["data"], "46"))
        return numbers

    def wait_delivered(self, wanted, seconds=120):
        wanted = set(wanted)
        deadline = time.monotonic() + seconds
        while True:
            numbers = self.delivered()
            missing = wanted - set(numbers)
            if not missing:
                twice = sorted({n for n in numbers if numbers.count(n) > 1})
                assert not twice, f"delivered twice: {twice}"
                return
            assert time.monotonic() < deadline, f"{len(missing)} of {len(wanted)} orders did not arrive: {sorted(missing)[:5]}"
            time.sleep(0.2)

    def in_ledger(self, number):
        return self.c.inside("portway", "doc", "show", f"PO:{number}").stdout

    def by_as2(self):
        text, number = self.order()
        config = {
            "own": {"as2_id": "GREENFIELD", "key": str(self.keys / "partner.key"), "cert": str(self.keys / "partner.pem")},
            "partner": {"as2_id": "NORTHWIND", "cert": str(self.keys / "ours.pem"), "url": "https://localhost:4443/as2",
                        "ca": str(self.keys / "door.pem")},
            "listen": {"port": 0},
            "send": {"sign": "sha256", "encrypt": "aes256-cbc", "mdn": "sync"},
        }
        (self.keys / "door.pem").write_text((self.c.root / "var/lib/portway/certs/self-signed.pem").read_text())
        (self.keys / "as2.json").write_text(json.dumps(config))
        peer = self.c.beside(PYTHON, str(PEERS / "as2_pyas2.py"), str(self.keys / "as2.json"),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            control = json.loads(peer.stdout.readline())["control"]
            body = json.dumps({"payload": base64.b64encode(text.encode()).decode()})
            answer = self.c.beside("python3", "-c", POST, f"http://127.0.0.1:{control}/send", body, stdout=subprocess.PIPE)
            result = json.loads(answer.communicate(timeout=60)[0])
        finally:
            peer.stdin.close()
            peer.wait(20)
        assert "processed" in json.dumps(result.get("mdn") or {}), f"no good MDN: {result}"
        return number

    def by_sftp(self):
        text, number = self.order()
        file = self.keys / f"{number}.edi"
        file.write_text(text)
        batch = f"put {file} /in/{number}.edi\n"
        options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        done = self.c.beside("sftp", *options, "-i", str(self.keys / "sftp"), "-P", "2222", "-b", "-", "greenfield@127.0.0.1",
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        words, _ = done.communicate(batch, timeout=60)
        assert done.returncode == 0, words
        return number

    def under_load(self, change, seconds_before=1.0):
        """Posts orders all the while `change` runs. None may be refused, all must arrive."""
        first = self.number + 1
        load = self.c.beside("python3", str(HERE / "load.py"), str(PROJECT / "partner-profiles/demo/good-850.edi"), TOKEN,
                             str(first), "4000", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert load.stdout.readline().strip() == "started"
        change()
        words, _ = load.communicate("stop\n", timeout=180)
        result = json.loads(words.strip().splitlines()[-1])
        self.number += 4000
        assert not result["refused"], f"refused: {result['refused'][:3]} ({len(result['refused'])} in all)"
        numbers = [f"46{n:05}" for n in result["accepted"]]
        assert numbers, "no order was posted meanwhile"
        self.wait_delivered(numbers)
        return len(numbers)

    def active(self):
        return self.c.inside("systemctl", "show", "-p", "ActiveState,SubState,NRestarts,MainPID", "portway").stdout.replace("\n", " ")


POST = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=50).read().decode())
"""

GET = """
import sys, urllib.request
answer = urllib.request.urlopen(sys.argv[1], timeout=30)
print(answer.status, answer.read().decode())
"""


def find(value, start):
    """The first string that begins so and has seven digits: an order number, wherever the document keeps it."""
    if isinstance(value, str):
        return value if value.startswith(start) and len(value) == 7 and value.isdigit() else None
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for found in (find(item, start) for item in inner) if found), None)


def partner_keys(folder):
    quiet = {"check": True, "capture_output": True}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "partner.key", "-out",
                    folder / "partner.pem", "-days", "90", "-subj", "/CN=greenfield"], **quiet)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "sftp"], **quiet)


def probe(container):
    """The unit's walls: its own text, with another program in it. The same program without walls is allowed everything."""
    folder = container.root / "usr/lib/portway-probe"
    folder.mkdir()
    (folder / "probe.py").write_text((HERE / "probe.py").read_text())
    container.inside("cp", "-L", "/usr/bin/python3", "/usr/lib/portway-probe/python3")
    unit = (container.root / "usr/lib/systemd/system/portway.service").read_text()
    lines = []
    for line in unit.splitlines():
        if line.startswith(("Exec", "Type=", "Sockets=", "Wants=", "After=", "Watchdog", "Restart", "Also=")) and not line.startswith("ExecPaths"):
            continue
        lines.append(line)
        if line == "[Service]":
            lines.append("Type=oneshot\nExecStart=/usr/lib/portway-probe/python3 /usr/lib/portway-probe/probe.py")
    (container.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
    container.inside("tee", "/run/systemd/system/portway-probe.service", input="\n".join(lines))
    container.inside("systemctl", "daemon-reload")
    container.inside("systemctl", "start", "portway-probe.service")
    inside = container.inside("journalctl", "-u", "portway-probe", "-o", "cat").stdout
    outside = container.inside("/usr/lib/portway-probe/python3", "/usr/lib/portway-probe/probe.py").stdout
    for name in ("write_usr", "run_sh", "raw_socket", "writable_code"):
        assert f"{name} denied" in inside, f"{name}: not denied inside the unit:\n{inside}"
        assert f"{name} allowed" in outside, f"{name}: the probe itself does not work:\n{outside}"
    say("denied inside the unit: writing to /usr, running sh, a raw socket, memory that is writable and executable")


def prove(container, keys, new, previous):
    house = House(container, keys)
    house.install(previous or new)
    assert "inactive" in house.active(), "it started before it was configured"
    # A half-configured system: the package's scripts do not mind.
    container.inside("dpkg-reconfigure", "portway")
    house.configure()
    container.inside("systemctl", "start", "portway")
    say("installed, configured, started:", house.active())
    container.inside("systemd-analyze", "security", "--threshold=11", "portway.service")

    numbers = [house.by_as2(), house.by_sftp()]
    house.wait_delivered(numbers)
    for number in numbers:
        shown = house.in_ledger(number)
        assert "delivered" in shown, shown
    say("one order over AS2, one over SFTP: in the ledger, with the ERP, receipt verified")

    backup(container, house)

    def restart():
        for _ in range(3):
            container.inside("systemctl", "restart", "portway")

    say("three restarts under load:", house.under_load(restart), "orders, none refused, none lost, none twice")
    say("reload under load:", house.under_load(lambda: container.inside("systemctl", "reload", "portway")), "orders, none refused")
    if previous:
        before = container.inside("portway", "--version").stdout
        count = house.under_load(lambda: house.install(new))
        after = container.inside("portway", "--version").stdout
        say(f"upgrade with messages in flight ({before.strip()} to {after.strip()}):", count, "orders, none refused, none lost, none twice")
    house.wait_delivered([house.by_as2(), house.by_sftp()])
    killed = house.active()
    container.inside("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "portway")
    house.wait_delivered([house.by_sftp()])
    assert house.active() != killed, "it was not started again"
    say("killed: started again by its unit, the next order arrived")
    bad_configuration(container, house)
    probe(container)
    leave(container)


def backup(container, house):
    """What an operator has at hand: readiness, the monitoring plugin, a backup that is tried."""
    ready = house.c.beside("python3", "-c", GET, "http://127.0.0.1:9464/readyz", stdout=subprocess.PIPE).communicate(timeout=60)[0]
    assert ready.startswith("200"), ready
    metrics = house.c.beside("python3", "-c", GET, "http://127.0.0.1:9464/metrics", stdout=subprocess.PIPE).communicate(timeout=60)[0]
    assert "portway_ledger_up 1" in metrics, metrics[:500]
    line = container.inside("portway", "check", check=False)
    assert line.stdout.startswith(("OK", "PORTWAY OK", "WARNING", "PORTWAY WARNING")), line.stdout + line.stderr
    container.inside("portway", "backup", "/root/ledger.tar.zst", "--with-keys")
    container.inside("portway", "restore", "/root/ledger.tar.zst", "--verify")
    journal = container.inside("journalctl", "-u", "portway", "-o", "json", "-n", "50").stdout
    assert "PARTNER" in journal, "the journal has no field for the partner"
    say("ready, watched, backed up; the backup restored beside, and its counts compared")


def bad_configuration(container, house):
    """Exit 78, once: it does not loop."""
    file = container.root / "etc/portway/gateway.toml"
    good = file.read_text()
    container.inside("systemctl", "reset-failed", "portway")
    file.write_text(good + "\nnonsense = 1\n")
    started = container.inside("systemctl", "restart", "portway", check=False)
    assert started.returncode != 0
    state = container.inside("systemctl", "show", "-p", "ExecMainStatus,NRestarts,ActiveState", "portway").stdout
    assert "ExecMainStatus=78" in state and "ActiveState=failed" in state, state
    journal = container.inside("journalctl", "-u", "portway", "-o", "cat", "-n", "40").stdout
    assert "nonsense" in journal, journal
    file.write_text(good)
    container.inside("systemctl", "start", "portway")
    house.wait_delivered([house.by_sftp()])
    say("a broken gateway.toml: exit 78, said in the journal, no loop; mended and started again")


def leave(container):
    container.inside("apt-get", "remove", "-y", "-q", "portway")
    assert container.inside("systemctl", "is-active", "portway", check=False).returncode != 0
    assert (container.root / "etc/portway/gateway.toml").exists(), "removal took the configuration"
    assert (container.root / "var/lib/portway-postgres/data").exists(), "removal took the ledger"
    container.inside("apt-get", "purge", "-y", "-q", "portway")
    assert not (container.root / "etc/portway").exists(), "purge left /etc/portway"
    assert not (container.root / "var/lib/portway").exists(), "purge left /var/lib/portway"
    say("removed, then purged; the ledger stays until someone removes it by hand")


def main():
    new = pathlib.Path(sys.argv[1]).resolve()
    previous = pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "portway/package"
    packages = cache / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    names = []
    for name, package in (("new.deb", new), ("previous.deb", previous)):
        if package:
            (packages / name).write_bytes(package.read_bytes())
            names.append(name)
    try:
        container = Container(base(cache), packages)
    except Impossible as reason:
        say(f"skipped: no container can be had here: {reason}")
        return
    try:
        keys = container.folder / "keys"
        keys.mkdir(mode=0o700)
        partner_keys(keys)
        prove(container, keys, "new.deb", "previous.deb" if previous else None)
        say("the package holds what it says")
    except BaseException:
        journal = container.inside("journalctl", "-u", "portway*", "-n", "60", "--no-pager", check=False).stdout
        say(f"failed; the journal ends:\n{journal}")
        raise
    finally:
        container.close()


main()
