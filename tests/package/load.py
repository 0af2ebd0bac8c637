"""A partner that does not stop: posts orders over HTTPS, each on a connection of its own or on one kept open, until told to stop.

Usage: load.py TEMPLATE TOKEN FIRST COUNT. Reads lines from stdin; `stop` ends it early. Prints one JSON line at the end:
{"accepted": [control numbers], "refused": [{"number", "error"}]}. Nothing is tried twice: what is refused stays so.
"""

import http.client
import json
import ssl
import sys
import threading

template, token, first, count = open(sys.argv[1]).read(), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
stop = threading.Event()
accepted, refused, numbers = [], [], iter(range(first, first + count))
lock = threading.Lock()


def order(number):
    text = template.replace("000000417", f"{number:09}").replace("*417", f"*{number}").replace("4500123", f"46{number:05}")
    return text.encode()


def post(connection, number):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/edi-x12"}
    connection.request("POST", "/edi", order(number), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 202:
        raise OSError(f"{answer.status} {body[:200]}")
    return answer.headers.get("Connection", "").lower() == "close"


def work(kept):
    connection = None
    while not stop.is_set():
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        try:
            connection = connection or http.client.HTTPSConnection("127.0.0.1", 8443, context=context, timeout=60)
            closes = post(connection, number)
            accepted.append(number)
            if closes or not kept:
                connection.close()
                connection = None
        except Exception as error:
            refused.append({"number": number, "error": repr(error)})
            connection = None


workers = [threading.Thread(target=work, args=(kept,)) for kept in (False, False, False, True)]
for worker in workers:
    worker.start()
print("started", flush=True)
for line in sys.stdin:
    if line.strip() == "stop":
        break
stop.set()
for worker in workers:
    worker.join()
print(json.dumps({"accepted": sorted(accepted), "refused": refused}), flush=True)
