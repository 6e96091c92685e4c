"""Runs a command for which https://circleci.com is this machine's server: a proxy takes the command's
connections, speaks TLS with a certificate of an authority that only the command trusts, and passes on
what it is sent. Nothing of it leaves the machine."""

import os
import socket
import ssl
import subprocess
import sys
import threading
from urllib.parse import urlsplit

folder, command = sys.argv[1], sys.argv[2:]
server = urlsplit(os.environ["RONDO_URL"])


def certificate():
    """An authority, and its certificate for circleci.com."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=a scratch authority", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=circleci.com", "-keyout", "host.key", "-out", "host.csr")
    with open(f"{folder}/names", "w") as names:
        names.write("subjectAltName=DNS:circleci.com\n")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-extfile", "names", "-out", "host.pem")


def pump(source, sink):
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
    except OSError:
        pass
    finally:
        sink.close()


def serve(connection, context):
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += connection.recv(4096)
    assert asked.startswith(b"CONNECT circleci.com:443 "), asked
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    client = context.wrap_socket(connection, server_side=True)
    host = socket.create_connection((server.hostname, server.port))
    threading.Thread(target=pump, args=(host, client), daemon=True).start()
    pump(client, host)


certificate()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/host.pem", f"{folder}/host.key")
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]


def accept():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
environment = {**os.environ, "HTTPS_PROXY": f"http://127.0.0.1:{port}", "REQUESTS_CA_BUNDLE": f"{folder}/ca.pem"}
sys.exit(subprocess.run(command, env=environment).returncode)
