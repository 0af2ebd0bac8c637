"""Many sessions of one supplier at once, on paramiko.

Arguments: port, user, key file. The first line on stdin is JSON: a list of sessions, each a list of [path, text]. All sessions are
opened, sixteen logins at a time, and the answer is {"sessions": n, "errors": [...]}. After one more line of any kind they put their files,
all at once, and the answer is {"put": n, "errors": [...]}. They stay open until stdin ends.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import paramiko

port, user, key = int(sys.argv[1]), sys.argv[2], paramiko.Ed25519Key.from_private_key_file(sys.argv[3])
LOGINS = 16


def connect(_):
    transport = paramiko.Transport(("127.0.0.1", port))
    transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = 120
    transport.connect(username=user, pkey=key)
    return paramiko.SFTPClient.from_transport(transport)


def put(sftp, files):
    for path, text in files:
        file = sftp.open(path, "w")
        file.write(text.encode())
        # paramiko's own close() keeps a failure to itself.
        file.flush()
        file._closed = True
        sftp._request(paramiko.sftp.CMD_CLOSE, file.handle)
        done.append(path)


def gather(calls, workers):
    results, errors = [], []
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(*call) for call in calls]:
            try:
                results.append(future.result())
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
    return results, errors


threading.stack_size(256 * 1024)
done = []
sessions = json.loads(sys.stdin.readline())
clients, errors = gather([(connect, None) for _ in sessions], LOGINS)
print(json.dumps({"sessions": len(clients), "errors": errors}), flush=True)
if sys.stdin.readline():
    _, errors = gather(list(zip([put] * len(clients), clients, sessions)), len(clients))
    print(json.dumps({"put": len(done), "errors": errors}), flush=True)
sys.stdin.read()
