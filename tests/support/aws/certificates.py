"""Certificates of an authority that is made for a test."""

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

START, END = datetime.datetime(2020, 1, 1), datetime.datetime(2100, 1, 1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str, key: ec.EllipticCurvePublicKey, authority: bool, end: datetime.datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name("Authority"))
    builder = builder.public_key(key).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(START).not_valid_after(end)
    return builder.add_extension(x509.BasicConstraints(authority, None), critical=True)


def authority_and_server(folder: Path, host: str, end: datetime.datetime = END) -> tuple[Path, ssl.SSLContext]:
    """A file with the authority's certificate, and what a server with this name, signed by it, serves with."""
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Authority", authority.public_key(), True, END).sign(authority, hashes.SHA256())
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    leaf = _certificate(host, server.public_key(), False, end).add_extension(names, critical=False)
    signed = leaf.sign(authority, hashes.SHA256())
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    private = server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(private + signed.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "root.pem", context
