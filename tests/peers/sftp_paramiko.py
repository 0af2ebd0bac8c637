"""A supplier's client on paramiko: one JSON request a line on stdin, one JSON answer a line on stdout.

Arguments: port, user, and the private key's file or `password:<password>`. Each request names what to do in `do`; what an
operation raised is the answer's `error`. `vanish` ends the process without a word on the wire.
"""

import json
import os
import sys

import paramiko

port, user, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3]
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
login = {"password": secret[9:]} if secret.startswith("password:") else {"key_filename": secret}
files = {}


def connect():
    client.connect("127.0.0.1", port, user, allow_agent=False, look_for_keys=False, timeout=60,
                   banner_timeout=60, auth_timeout=60, **login)
    return client.open_sftp()


def act(request):
    what, path = request["do"], request.get("path")
    if what == "put":
        with sftp.open(path, request.get("mode", "w")) as file:
            file.set_pipelined(True)
            file.write(request["text"].encode())
        return None
    if what == "put_file":
        return sftp.put(request["from"], path).st_size
    if what == "get":
        with sftp.open(path, "r") as file:
            return file.read().decode()
    if what == "open":
        files[request["as"]] = sftp.open(path, request["mode"])
        return None
    if what == "write":
        file = files[request["as"]]
        if "at" in request:
            file.seek(request["at"])
        file.write(request["text"].encode())
        file.flush()
        return None
    if what == "read":
        return files[request["as"]].read(request["length"]).decode()
    if what == "close":
        # paramiko's own close() keeps a failure to itself.
        file = files.pop(request["as"])
        file._closed = True
        sftp._request(paramiko.sftp.CMD_CLOSE, file.handle)
        return None
    if what == "list":
        return sorted([entry.filename, entry.st_size] for entry in sftp.listdir_attr(path))
    if what == "stat":
        return sftp.stat(path).st_size
    if what == "real":
        return sftp.normalize(path)
    if what == "touch":
        sftp.chmod(path, 0o600)
        sftp.utime(path, (1, 1))
        return None
    if what in ("rename", "posix_rename", "symlink"):
        return getattr(sftp, what)(path, request["to"])
    if what in ("remove", "mkdir", "rmdir", "readlink"):
        return getattr(sftp, what)(path)
    if what == "exec":
        _, out, _ = client.exec_command(request["command"])
        return out.read().decode()
    if what == "shell":
        client.invoke_shell()
        return None
    if what == "forward":
        client.get_transport().open_channel("direct-tcpip", ("127.0.0.1", port), ("127.0.0.1", 1))
        return None
    if what == "listen":
        return client.get_transport().request_port_forward("", 0)
    if what == "another":
        client.open_sftp()
        return None
    if what == "vanish":
        os._exit(0)
    raise ValueError(what)


def answer(result):
    print(json.dumps(result), flush=True)


try:
    sftp = connect()
    answer({"ok": None})
except Exception as error:
    answer({"error": f"{type(error).__name__}: {error}"})
    sys.exit(1)
for line in sys.stdin:
    try:
        answer({"ok": act(json.loads(line))})
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
