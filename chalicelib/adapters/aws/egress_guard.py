"""Connect to hosts that shops name only by https, and only at public addresses.

The name is resolved here, all of its addresses are checked, and the connection goes to a checked address. So the name
cannot point to another address between the check and the connection.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult

import urllib3

TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
"""IPv6 networks that gateways translate to IPv4, also to private addresses."""


class Forbidden(Exception):
    """We may not connect to this address; the message says why."""


def target(parts: SplitResult, local: bool) -> str:
    """The checked address to connect to; Forbidden when it is not allowed. The stage `local` also allows plain http and
    addresses that are not public."""
    if parts.scheme != "https" and not local:
        raise Forbidden("only https is allowed")
    if parts.username or parts.password or not parts.hostname:
        raise Forbidden("an address has a host name, and no user or password in it")
    try:
        resolved = socket.getaddrinfo(parts.hostname, port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Forbidden(f"{parts.hostname} does not resolve") from None
    addresses = [str(socket_address[0]) for *_, socket_address in resolved]
    if not local and not all(is_public(ip_address(address)) for address in addresses):
        raise Forbidden(f"{parts.hostname} is not on the public internet")
    return addresses[0]


def pool(parts: SplitResult, address: str, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
    """A connection pool to the checked address; the certificate must be valid for the host's name."""
    if parts.scheme != "https":
        return urllib3.HTTPConnectionPool(address, port(parts), timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address, port(parts), timeout=timeout, server_hostname=parts.hostname, assert_hostname=parts.hostname
    )


def port(parts: SplitResult) -> int:
    """The port to connect to."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the public internet: not private, link-local (metadata), translated or multicast."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in TRANSLATED):
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not address.is_multicast
