"""A certificate for localhost, of an authority that nobody else trusts."""

import os
import subprocess


def openssl(keys, *words):
    subprocess.run(["openssl", *words], cwd=keys, check=True, capture_output=True)


def certificate(keys):
    """Makes the folder `keys`: ca.pem, host.key and host.pem."""
    os.makedirs(keys)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(keys, "req", "-x509", *curve, "-days", "2", "-subj", "/CN=a scratch authority", "-keyout", "ca.key",
            "-out", "ca.pem", "-addext", "keyUsage=critical,keyCertSign")
    openssl(keys, "req", *curve, "-subj", "/CN=localhost", "-keyout", "host.key", "-out", "host.csr")
    with open(f"{keys}/names", "w") as names:
        names.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(keys, "x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-extfile", "names", "-out", "host.pem")
