"""A mail server for one test: says where it listens, then one JSON line a mail. Usage: mail_server.py PORT (0: any)."""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Keep:
    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(preferencelist=("plain",))
        kept = {"to": envelope.rcpt_tos, "subject": mail["subject"], "body": body.get_content()}
        print(json.dumps(kept), flush=True)
        return "250 kept"


async def main(port):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), hostname="mail.example"), "127.0.0.1", port)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
