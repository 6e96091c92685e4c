"""Serves a folder over https, with a certificate of an authority that nobody else trusts: prints the port,
and writes what it was asked for into the folder's `asked`. `/away/…` leads to another host, `/round/…` to
itself, `/here/…` to the same path without `/here`, and `/large/…` never ends."""

import http.server
import os
import ssl
import sys

sys.dont_write_bytecode = True

from authority import certificate  # noqa: E402, nothing of it is left in the source tree

folder = sys.argv[1]
keys, files = os.path.join(folder, "keys"), os.path.join(folder, "files")


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=files)

    def do_GET(self):
        with open(f"{folder}/asked", "a") as asked:
            asked.write(f"{self.path}\n")
        port = self.server.server_address[1]
        way, rest = self.path.split("/")[1], self.path.split("/", 2)[-1]
        if way == "away":
            self.lead_to(f"https://127.0.0.1:{port}/{rest}")
        elif way == "round":
            self.lead_to(self.path)
        elif way == "here":
            self.lead_to(f"/{rest}")
        elif way == "broken":
            self.send_error(503)
        elif way == "large":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"# long\n" * 10000)
            except OSError:
                self.close_connection = True
        else:
            super().do_GET()

    def lead_to(self, place):
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


os.makedirs(files, exist_ok=True)
certificate(keys)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{keys}/host.pem", f"{keys}/host.key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
