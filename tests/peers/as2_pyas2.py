"""An AS2 partner on pyas2lib: server and client in one process, steered over HTTP. Usage: as2_pyas2.py CONFIG.json

What it promises: every verdict is pyas2lib's own (parsing, decryption, signatures, MIC, MDN). Ours are only HTTP, the reading of
algorithm names out of the CMS (asn1crypto), and the faults asked for in "answer". One AS2 partner, one message at a time.
How it fails: an error in a control request is answered 500 with {"error"}; on stdin's end it exits, so it outlives no test.
pyas2lib's limits:
- it computes no MIC of unsigned messages, and finds a signed MDN wanted by an unknown partner an error of its own (HTTP 500);
- it sends key transport PKCS #1 v1.5 only, reads OAEP with SHA-1 only, and the first recipient of an envelope only; no GCM, no ECDSA;
- its PSS signatures name no parameters, so that openssl refuses them; it verifies those of others;
- what is signed it writes anew before it verifies: content that is not in base64 needs "Content-Transfer-Encoding: binary", and
  application/octet-stream in base64 or a multipart fails; content it sends as text ends lines with CRLF, so send bytes as
  application/octet-stream.
The control face is the same as that of as2_libas2.mjs; what only one of them can is marked.

STDOUT, one JSON line an event:
  {"event":"listening","as2":PORT,"control":PORT}
  {"event":"received","count":N}   a message came, was judged, and its answer is about to leave (N: how many so far)
  {"event":"mdn","count":N}        an asynchronous MDN came and was judged
  {"event":"mdn_sent","count":N}   an asynchronous MDN of ours was answered, or could not be sent

CONFIG.json, and POST /configure (merged key by key into what is there; "listen" counts at the start only). Files are PEM paths.
  "own":     {"as2_id", "key", "cert"}                 signs and decrypts (PKCS #8 key)
  "partner": {"as2_id", "cert", "verify_cert", "url", "basic":["user","password"], "ca", "client_cert", "client_key"}
             verify_cert: other than cert where the partner signs with another key; the rest is for requests to the partner
  "listen":  {"port":0, "cert", "key", "client_ca", "basic":["user","password"]}
             cert: HTTPS; client_ca: a client certificate is demanded; basic: 401 without
  "receive": {"signed":false, "encrypted":false, "duplicates":true}
             what is demanded of messages; duplicates: a Message-ID seen before gets duplicate-document (pyas2lib only)
  "send":    defaults of POST /send
  "answer":  as POST /answer

POST /send   {"payload":base64, ...} sends one message and answers when its HTTP reply, with a synchronous MDN, is judged. Options:
  "sign":"sha256"|null   sha1 sha256 sha384 sha512          "scheme":"pkcs1"|"pss" (pss: pyas2lib only)
  "encrypt":"aes128-cbc"|null   3des aes128-cbc aes192-cbc aes256-cbc
  "oaep":"sha1"|"sha256"|"sha384"|"sha512" (libas2 only, which has no other key transport; sha512 is its default)
  "compress":false (pyas2lib only: compressed, then signed)
  "mdn":"sync"|"async"|"none"   "mdn_signed":"sha256"|null   "mdn_url": where an asynchronous MDN shall go; else this server
  "filename", "content_type":"application/edi-x12", "subject", "message_id" (no brackets), "headers":{}, "url"
  -> {"message_id","mic","digest_alg","http_status","headers":{lower:value},"body":base64,"mdn":MDN|null,"error":null|text}
POST /build  the same, but nothing is sent -> {"message_id","mic","digest_alg","headers":{},"body":base64}. Its MDN is known later.
POST /answer {"mdn":"asked"|"none"|"unsigned"|"signed", "disposition":"processed/error: decryption-failed", "mic":"wrong"|"none"|text,
  "replace":[["regex","text"],...] in the notification before it is signed, "corrupt":true: changed after it was signed,
  "sign_with":{"key","cert"}, "repeat":2 (asynchronous MDN sent twice), "hold":true (the MDN waits for /release),
  "http_status":503 (no MDN), "cut":true (the connection ends without an answer; with
  "told":true an asynchronous MDN is sent all the same, pyas2lib only), "times":2 (then as asked again)}
POST /release   lets go what is held, and holds what comes later only if asked to anew
GET /received   [{"from","to","message_id","subject","filename","content_type","payload":base64,"size","sha256","signed","encrypted",
  "compressed","layers":["encrypted","signed","compressed"] from outside in,"digest_alg","scheme","enc_alg","key_transport",
  "recipients","mic","status","detail","accepted","headers":{lower:value},"header_lines":[...],"body_size","chunked",
  "client_subject","parts":[{"content_type","filename","payload"}]|null,"mdn":"sync"|"async"|null}]
GET /mdns       [MDN]: {"status","detail","accepted","signed","digest_alg","message_id","original_message_id","final_recipient",
  "disposition","received_content_mic","mic_matches":true|false|null,"text","headers":{lower:value},"http_status":200}
GET /mdns_sent  [{"original_message_id","url","http_status","error"}]
"accepted" is: status is "processed" and nothing was found. Wherever a thing is not known it is null.
"""

import base64
import email.encoders
import hashlib
import http.client
import json
import logging
import os
import re
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from asn1crypto import cms
from pyas2lib import as2

CIPHERS = {
    "3des": "tripledes_192_cbc",
    "aes128-cbc": "aes_128_cbc",
    "aes192-cbc": "aes_192_cbc",
    "aes256-cbc": "aes_256_cbc",
}
SCHEMES = {"pkcs1": "rsassa_pkcs1v15", "pss": "rsassa_pss"}
MODES = {"sync": "SYNC", "async": "ASYNC", "none": None}


class State:
    """What the process knows; `lock` guards it, and pyas2lib with it."""

    def __init__(self, config):
        self.lock = threading.RLock()
        self.config = config
        self.received, self.mdns, self.mdns_sent = [], [], []
        self.sent, self.seen = {}, set()
        self.release = threading.Event()
        self.as2_url = None

    def event(self, name, entries, entry):
        with self.lock:
            entries.append(entry)
            say({"event": name, "count": len(entries)})

    def answer(self):
        """How to answer the next message; one that was to be given a number of times ends with the last."""
        with self.lock:
            answer = dict(self.config.get("answer") or {})
            if "times" in answer:
                left = answer["times"] - 1
                self.config["answer"] = {**answer, "times": left} if left > 0 else {}
            return answer


def say(event):
    print(json.dumps(event), flush=True)


def merge(into, change):
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict) and key != "answer":
            merge(into[key], value)
        else:
            into[key] = value


def pem(path):
    with open(path, "rb") as file:
        return file.read()


# ---- pyas2lib


class Encoders:
    """Stands for `email.encoders` inside pyas2lib: there the text of a notification can be changed before it is signed."""

    here = threading.local()

    def __getattr__(self, name):
        return getattr(email.encoders, name)

    def encode_7or8bit(self, part):
        if part.get_content_type() == "message/disposition-notification":
            for pattern, text in getattr(self.here, "replace", []):
                part.set_payload(re.sub(pattern, text, part.get_payload()))
        email.encoders.encode_7or8bit(part)


as2.encoders = Encoders()


class Message(as2.Message):
    """Also knows whether it was compressed before it was signed, or after."""

    compressed_outside = False

    def _decompress_data(self, payload):
        done, payload = super()._decompress_data(payload)
        self.compressed_outside |= done and not self.signed
        return done, payload

    def layers(self):
        outside, inside = self.compressed_outside and self.signed, self.compressed and not self.compressed_outside
        order = [
            ("encrypted", self.encrypted),
            ("compressed", outside),
            ("signed", self.signed),
            ("compressed", inside or self.compressed and not self.signed),
        ]
        return [name for name, there in order if there]


def organization(config, with_key=None):
    own = config["own"]
    key = with_key or own
    both = pem(key["key"]) + b"\n" + pem(key["cert"])
    decrypt = pem(own["key"]) + b"\n" + pem(own["cert"])
    return as2.Organization(as2_name=own["as2_id"], sign_key=both, decrypt_key=decrypt)


def partner(config, options):
    who = config["partner"]
    return as2.Partner(
        as2_name=who["as2_id"],
        verify_cert=pem(who.get("verify_cert") or who["cert"]),
        encrypt_cert=pem(who["cert"]),
        sign=bool(options.get("sign")),
        digest_alg=options.get("sign") or "sha256",
        sign_alg=SCHEMES[options.get("scheme") or "pkcs1"],
        encrypt=bool(options.get("encrypt")),
        enc_alg=CIPHERS[options.get("encrypt") or "aes128-cbc"],
        compress=bool(options.get("compress")),
        mdn_mode=MODES[options.get("mdn") or "none"],
        mdn_digest_alg=options.get("mdn_signed"),
    )


def raw(headers, body):
    return "".join(f"{k}: {v}\r\n" for k, v in headers).encode("utf-8", "surrogateescape") + b"\r\n" + body


def build(state, request):
    """A message as pyas2lib makes it, kept so that its MDN can be judged; with the options it was made by."""
    options = {**state.config.get("send", {}), **request}
    org = organization(state.config)
    org.mdn_url = options.get("mdn_url") or state.as2_url
    message = as2.Message(org, partner(state.config, options))
    left = None
    if options.get("message_id"):
        left, org.domain = options["message_id"].rsplit("@", 1)
    extra = {k: v for k, v in (options.get("headers") or {}).items()}
    message.build(
        base64.b64decode(options["payload"]),
        filename=options.get("filename"),
        subject=options.get("subject") or "AS2 Message",
        content_type=options.get("content_type") or "application/edi-x12",
        additional_headers=extra,
        message_id=left,
    )
    state.sent[message.message_id] = message
    return message, options


def facts(message):
    return {
        "message_id": message.message_id,
        "mic": message.mic.decode() if message.mic else None,
        "digest_alg": message.digest_alg,
    }


def send(state, request):
    with state.lock:
        message, options = build(state, request)
        headers, body = list(message.headers.items()), message.content
    result = {**facts(message), "http_status": None, "headers": {}, "body": "", "mdn": None, "error": None}
    try:
        status, answered, content = post(state.config["partner"], options.get("url"), headers, body)
    except (OSError, http.client.HTTPException) as error:
        return {**result, "error": f"{type(error).__name__}: {error}"}
    result.update(http_status=status, headers=lower(answered), body=base64.b64encode(content).decode())
    if "multipart/" in result["headers"].get("content-type", ""):
        result["mdn"] = judge(state, answered, content)
    return result


def judge(state, headers, body):
    """pyas2lib's verdict on an MDN."""
    mdn, found = as2.Mdn(), []

    def find(message_id, _recipient):
        found.append(state.sent.get(message_id))
        return found[0]

    with state.lock:
        status, detail = mdn.parse(raw(headers, body), find)
    verdict = {
        "status": status,
        "detail": detail,
        "accepted": status == "processed" and not detail,
        "signed": mdn.digest_alg is not None,
        "digest_alg": mdn.digest_alg,
        "message_id": mdn.message_id,
        "original_message_id": mdn.orig_message_id,
        "headers": lower(headers),
    }
    report = notification(mdn.payload)
    mic = report.get("received-content-mic")
    ours = found[0].mic if found and found[0] else None
    verdict["mic_matches"] = mic.split(",")[0].strip() == ours.decode() if mic and ours else None
    verdict["received_content_mic"] = mic
    verdict["disposition"] = report.get("disposition")
    verdict["final_recipient"] = report.get("final-recipient")
    verdict["text"] = report.get("text")
    return verdict


def notification(payload):
    fields = {}
    for part in payload.walk() if payload is not None else []:
        if part.get_content_type() == "message/disposition-notification":
            for block in part.get_payload():
                fields.update(lower(block.items()))
        elif part.get_content_type() == "text/plain" and "text" not in fields and part.get_payload():
            fields["text"] = part.get_payload()
    return fields


def receive(state, headers, body):
    """pyas2lib's verdict on a message, what it came as, and how it shall be answered."""
    demanded = state.config.get("receive", {})
    message = Message()
    seen_cms = {}

    def watch(name):
        function = getattr(as2, name)

        def wrapped(*args, **kwargs):
            seen_cms[name] = args
            return function(*args, **kwargs)

        return function, wrapped

    def find_partner(as2_id):
        if as2_id != state.config["partner"]["as2_id"]:
            return None
        demands = {"sign": demanded.get("signed") and "sha256", "encrypt": demanded.get("encrypted") and "aes128-cbc"}
        return partner(state.config, demands)

    def seen(message_id, _partner):
        return message_id in state.seen and demanded.get("duplicates", True)

    def own(as2_id):
        return organization(state.config) if as2_id == state.config["own"]["as2_id"] else None

    kept = {}
    for name in ("decrypt_message", "verify_message"):
        kept[name], wrapped = watch(name)
        setattr(as2, name, wrapped)
    try:
        status, (error, _), mdn = message.parse(raw(headers, body), own, find_partner, seen)
    finally:
        for name, function in kept.items():
            setattr(as2, name, function)
    if status == "processed":
        state.seen.add(message.message_id)
    detail = getattr(error, "disposition_modifier", "unexpected-processing-error") if error else None
    fields = lower(headers)
    payload = message.content or b""
    entry = {
        "from": as2.unquote_as2name(fields.get("as2-from", "")),
        "to": as2.unquote_as2name(fields.get("as2-to", "")),
        "message_id": message.message_id,
        "subject": fields.get("subject"),
        "filename": message.payload.get_filename(),
        "content_type": message.payload.get_content_type(),
        "payload": base64.b64encode(payload).decode(),
        "size": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
        "signed": message.signed,
        "encrypted": message.encrypted,
        "compressed": message.compressed,
        "layers": message.layers(),
        **algorithms(seen_cms),
        "mic": message.mic.decode() if message.mic else None,
        "status": status,
        "detail": f"{detail}: {error}" if error else None,
        "accepted": status == "processed",
        "headers": fields,
        "body_size": len(body),
        "parts": parts(message.payload) if message.payload.is_multipart() else None,
        "mdn": {"SYNC": "sync", "ASYNC": "async"}.get(mdn.mdn_mode) if mdn else None,
    }
    return entry, message, mdn, status, detail


def parts(payload):
    return [
        {
            "content_type": part.get_content_type(),
            "filename": part.get_filename(),
            "payload": base64.b64encode(part.get_payload(decode=True) or b"").decode(),
        }
        for part in payload.get_payload()
    ]


def algorithms(seen):
    """The algorithms' names as they stand in the CMS, whatever became of it."""
    found = {"digest_alg": None, "scheme": None, "enc_alg": None, "key_transport": None, "recipients": None}
    try:
        if "decrypt_message" in seen:
            content = cms.ContentInfo.load(seen["decrypt_message"][0])["content"]
            recipients = content["recipient_infos"]
            found["recipients"] = len(recipients)
            found["key_transport"] = recipients[0].chosen["key_encryption_algorithm"]["algorithm"].native
            found["enc_alg"] = content["encrypted_content_info"]["content_encryption_algorithm"]["algorithm"].native
        if "verify_message" in seen:
            signer = cms.ContentInfo.load(seen["verify_message"][1])["content"]["signer_infos"][0]
            found["digest_alg"] = signer["digest_algorithm"]["algorithm"].native
            found["scheme"] = signer["signature_algorithm"].signature_algo
    except (ValueError, TypeError, KeyError, IndexError):
        pass
    return found


def receipt(state, answer, message, asked, status, detail):
    """The MDN to give, and where it shall go; None where none shall."""
    how = answer.get("mdn", "asked")
    if how == "none" or asked is None:
        return None
    wanted = message.payload.get("disposition-notification-options")
    if how == "unsigned":
        del message.payload["disposition-notification-options"]
    elif how == "signed" and not wanted:
        message.payload["disposition-notification-options"] = "signed-receipt-micalg=optional, sha256"
    if answer.get("sign_with"):
        message.receiver = organization(state.config, answer["sign_with"])
    if answer.get("disposition"):
        status, _, detail = (part.strip() or None for part in answer["disposition"].partition(":"))
    mic = answer.get("mic")
    if mic == "none":
        message.mic = None
    elif mic:
        wrong = base64.b64encode(hashlib.sha256(b"other content").digest()) if mic == "wrong" else mic.encode()
        message.mic, message.digest_alg = wrong, message.digest_alg or "sha256"
    mdn = as2.Mdn(mdn_mode=asked.mdn_mode, digest_alg=asked.digest_alg, mdn_url=asked.mdn_url)
    Encoders.here.replace = answer.get("replace", [])
    try:
        mdn.build(message=message, status=status, detailed_status=detail)
    finally:
        Encoders.here.replace = []
    headers, body = list(mdn.headers.items()), mdn.content
    if answer.get("corrupt"):
        # A letter of the text part, which every signed MDN has.
        body = body.replace(b"AS2 message", b"AS2 massage", 1)
    return headers, body, mdn


# ---- HTTP


def lower(headers):
    return {k.lower(): v for k, v in headers}


def post(partner_config, url, headers, body):
    target = urlsplit(url or partner_config["url"])
    if target.scheme == "https":
        context = ssl.create_default_context(cafile=partner_config.get("ca"))
        if partner_config.get("client_cert"):
            context.load_cert_chain(partner_config["client_cert"], partner_config.get("client_key"))
        connection = http.client.HTTPSConnection(target.hostname, target.port, timeout=50, context=context)
    else:
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=50)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.putrequest("POST", path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, re.sub(r"\r?\n\s*", " ", value))
        if partner_config.get("basic"):
            connection.putheader("Authorization", basic(partner_config["basic"]))
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, list(response.headers.items()), response.read()
    finally:
        connection.close()


def basic(pair):
    return "Basic " + base64.b64encode(":".join(pair).encode()).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = None

    def log_message(self, *args):
        pass

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.exactly(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.exactly(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def exactly(self, size):
        """A sender that died on the way has sent nothing."""
        read = self.rfile.read(size)
        if len(read) < size:
            raise ConnectionError("the body ended early")
        return read

    def reply(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "date"):
                self.send_header(name, re.sub(r"\r?\n\s*", " ", value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class As2(Handler):
    """The AS2 URL: messages, and MDNs that come later."""

    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        try:
            self.take()
        except Exception:  # pylint: disable=broad-except  # Half a body, or what pyas2lib did not foresee.
            self.close_connection = True
            print(f"as2_pyas2: {sys.exc_info()[1]!r}", file=sys.stderr)
            self.reply(500)

    def take(self):
        body, state = self.body(), self.state
        headers = [(name, re.sub(r"\r?\n[ \t]*", " ", value).strip()) for name, value in self.headers.items()]
        listen = state.config.get("listen", {})
        if listen.get("basic") and self.headers.get("Authorization") != basic(listen["basic"]):
            return self.reply(401, [("WWW-Authenticate", 'Basic realm="as2"')])
        kind = self.headers.get("Content-Type", "").lower()
        if "disposition-notification" in kind or "multipart/signed" in kind and is_report(body):
            verdict = {**judge(state, headers, body), "http_status": 200}
            self.reply(200)
            return state.event("mdn", state.mdns, verdict)
        answer = state.answer()
        with state.lock:
            entry, message, asked, status, detail = receive(state, headers, body)
            made = receipt(state, answer, message, asked, status, detail)
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        entry.update(chunked=chunked, header_lines=lines, client_subject=self.client_subject())
        state.event("received", state.received, entry)
        if answer.get("cut"):
            if answer.get("told") and made and made[2].mdn_mode == "ASYNC":
                threading.Thread(target=deliver, args=(state, answer, made), daemon=True).start()
            self.close_connection = True
            return None
        if answer.get("http_status", 200) != 200:
            return self.reply(answer["http_status"])
        if made and made[2].mdn_mode == "ASYNC":
            self.reply(200)
            self.wfile.flush()
            return threading.Thread(target=deliver, args=(state, answer, made), daemon=True).start()
        if answer.get("hold"):
            state.release.wait()
        if made:
            return self.reply(200, made[0], made[1])
        return self.reply(200)

    def client_subject(self):
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        if not certificate:
            return None
        return ", ".join(f"{name}={value}" for group in certificate["subject"] for name, value in group)


def is_report(body):
    return b"multipart/report" in body[:4096].lower()


def deliver(state, answer, made):
    headers, body, mdn = made
    if answer.get("hold"):
        state.release.wait()
    for _ in range(answer.get("repeat", 1)):
        entry = {"original_message_id": mdn.orig_message_id, "url": mdn.mdn_url, "http_status": None, "error": None}
        try:
            entry["http_status"] = post(state.config["partner"], mdn.mdn_url, headers, body)[0]
        except (OSError, http.client.HTTPException) as error:
            entry["error"] = f"{type(error).__name__}: {error}"
        state.event("mdn_sent", state.mdns_sent, entry)


class Control(Handler):
    """What the test says and asks."""

    def json(self, status, value):
        self.reply(status, [("Content-Type", "application/json")], json.dumps(value).encode())

    def do_GET(self):
        state = self.state
        lists = {"/received": state.received, "/mdns": state.mdns, "/mdns_sent": state.mdns_sent}
        if self.path not in lists:
            return self.json(404, {"error": f"no {self.path}"})
        with state.lock:
            return self.json(200, lists[self.path])

    def do_POST(self):
        state, request = self.state, json.loads(self.body() or b"{}")
        try:
            self.json(200, self.act(state, request))
        except Exception as error:  # pylint: disable=broad-except  # The test is told, whatever it is.
            self.json(500, {"error": f"{type(error).__name__}: {error}"})

    def act(self, state, request):
        if self.path == "/send":
            return send(state, request)
        with state.lock:
            if self.path == "/build":
                message, _ = build(state, request)
                body = base64.b64encode(message.content).decode()
                return {**facts(message), "headers": message.headers, "body": body}
            if self.path == "/configure":
                merge(state.config, request)
            elif self.path == "/answer":
                state.config["answer"] = request
                if request.get("hold"):
                    state.release.clear()
            elif self.path == "/release":
                state.config["answer"] = {k: v for k, v in (state.config.get("answer") or {}).items() if k != "hold"}
                state.release.set()
            else:
                raise ValueError(f"no {self.path}")
        return {}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    context = None

    def finish_request(self, request, client_address):
        # Here and not at accept: a slow handshake holds up nobody else.
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        print(f"as2_pyas2: {sys.exc_info()[1]!r}", file=sys.stderr)


def tls(listen):
    if not listen.get("cert"):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=listen.get("client_ca"))
    context.load_cert_chain(listen["cert"], listen.get("key"))
    if listen.get("client_ca"):
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def main(path):
    # What pyas2lib found wrong is in what the test reads.
    logging.getLogger("pyas2lib").addHandler(logging.NullHandler())
    logging.getLogger("pyas2lib").propagate = False
    with open(path, encoding="utf-8") as file:
        state = State(json.load(file))
    Handler.state = state
    listen = state.config.get("listen", {})
    server = Server(("127.0.0.1", listen.get("port", 0)), As2)
    server.context = tls(listen)
    control = Server(("127.0.0.1", 0), Control)
    state.as2_url = f"http{'s' if server.context else ''}://127.0.0.1:{server.server_port}/as2"
    for one in (server, control):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    say({"event": "listening", "as2": server.server_port, "control": control.server_port})
    sys.stdin.read()
    os._exit(0)


main(sys.argv[1])
