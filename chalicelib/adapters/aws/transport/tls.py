"""Which certificates of services are trusted.

Reading all the authorities that browsers trust takes 16 to 18 ms of a cold start, Amazon's own less than one. So the
certificate of a host is first expected to be from Amazon. If it is not, all the authorities that botocore trusts are
tried, once for all: a new authority of AWS then costs time and not availability, and nothing is trusted that botocore
would not trust."""

import os
import socket
import ssl
from functools import cache
from importlib.util import find_spec
from pathlib import Path

AMAZON_ROOTS = Path(__file__).with_name("amazon_roots.pem")
"""Written by `python -m infra.deploy.amazon_roots`, which names them and their source."""
BUNDLE_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""Environment variables with a file to trust instead, in the order in which botocore reads them."""
LIBRARIES = ("certifi", "botocore")
"""The libraries that bring the authorities which browsers trust, in the order in which botocore looks for them."""
UNKNOWN_ISSUERS = frozenset({18, 19, 20, 21})
"""OpenSSL's reasons why the authority of a certificate is not known (X509_V_ERR_*, openssl-verification-options(1))."""
_beyond_amazon: set[str] = set()


def secured(address: tuple[str, int], connect_seconds: float) -> ssl.SSLSocket:
    """A connection to a host whose certificate was verified. Raises OSError, of which SSLError is one."""
    host = address[0]
    try:
        return _handshake(address, connect_seconds, _context(_trusted_file(host)))
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in UNKNOWN_ISSUERS or _trusted_file(host) != str(AMAZON_ROOTS):
            raise
        from chalicelib.observability import logger

        logger.warning("a certificate is not from Amazon's authorities", extra={"host": host})
        _beyond_amazon.add(host)
        return _handshake(address, connect_seconds, _context(_trusted_file(host)))


def _handshake(address: tuple[str, int], connect_seconds: float, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(address, connect_seconds)
    try:
        return context.wrap_socket(plain, server_hostname=address[0])
    except BaseException:
        plain.close()
        raise


def _trusted_file(host: str) -> str:
    configured = next(filter(None, map(os.environ.get, BUNDLE_VARIABLES)), None)
    if configured:
        return configured
    if host.endswith(".amazonaws.com") and host not in _beyond_amazon:
        return str(AMAZON_ROOTS)
    return _browsers_file()


@cache
def _browsers_file() -> str:
    """The file of the authorities that browsers trust. Looking for it loads neither of the libraries."""
    specs = filter(None, map(find_spec, LIBRARIES))
    files = (Path(spec.origin).with_name("cacert.pem") for spec in specs if spec.origin)
    return str(next(filter(Path.is_file, files), AMAZON_ROOTS))


@cache
def _context(file: str) -> ssl.SSLContext:
    """One per file and process, because reading the file is what takes time."""
    return ssl.create_default_context(cafile=file)
