"""Receives what a server tells people: mail by SMTP, and calls of a webhook by https. The second word says how
mail is spoken: `starttls` or `tls`, both with a sign-in, or `none`. Each mail and each call becomes a file in the folder, whole once it is there. Prints both ports. While
the folder has a file `down`, neither is taken. `/away` leads elsewhere."""

import email
import email.policy
import http.server
import json
import os
import socket
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

sys.dont_write_bytecode = True

from authority import certificate  # noqa: E402, nothing of it is left in the source tree

folder, spoken = sys.argv[1:]
keys = os.path.join(folder, "keys")
lock = threading.Lock()
count = 0


def is_down():
    return os.path.exists(os.path.join(folder, "down"))


def keep(kind, content):
    global count
    with lock:
        count += 1
        path = os.path.join(folder, f"{kind}-{count}")
    with open(f"{path}.tmp", "w") as file:
        json.dump(content, file)
    os.rename(f"{path}.tmp", f"{path}.json")


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        if is_down():
            return "451 come back later"
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        keep("mail", {"from": envelope.mail_from, "to": envelope.rcpt_tos, "text": envelope.content.decode(),
                      "subject": read["subject"], "body": read.get_content(),
                      "encrypted": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None})
        return "250 taken"


def sign_in(server, session, envelope, mechanism, shown):
    if not isinstance(shown, LoginPassword):
        return AuthResult(success=False, handled=False)
    good = (shown.login, shown.password) == (b"ci", b"correct horse")
    return AuthResult(success=good)


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/hook")
        elif is_down():
            self.send_response(503)
        else:
            keep("call", {"signature": self.headers["rondo-signature"], "body": body})
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


certificate(keys)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{keys}/host.pem", f"{keys}/host.key")


class Port(Controller):
    def _trigger_server(self):
        # The port is known only now.
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port)) as plain:
            if self.ssl_context:
                plain = ssl._create_unverified_context().wrap_socket(plain)
            plain.recv(1024)


WAYS = {
    "starttls": {"tls_context": context, "require_starttls": True},
    "tls": {"ssl_context": context, "auth_require_tls": False},
    "none": {},
}
signed = {"authenticator": sign_in, "auth_required": True} if spoken != "none" else {}
mail = Port(Mailbox(), hostname="127.0.0.1", port=0, **WAYS[spoken], **signed)
mail.start()
hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
hook.socket = context.wrap_socket(hook.socket, server_side=True)
print(mail.port, hook.server_address[1], flush=True)
hook.serve_forever()
