"""Connecting to hosts that shops name, and to nothing else: https, and public addresses only.

The name is resolved here, every address it has is checked, and the connection goes to the one that was checked, so
no name can point elsewhere between the check and the connect.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult

import urllib3

TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
"""IPv6 that gateways translate to IPv4, private ones included."""


class Forbidden(Exception):
    """The address is none we may connect to; the message says why."""


def target(parts: SplitResult, local: bool) -> str:
    """The checked address to connect to. On the `local` stage plain http and loopback addresses are allowed, too."""
    if parts.scheme != "https" and not local:
        raise Forbidden("only https is allowed")
    if parts.username or parts.password or not parts.hostname:
        raise Forbidden("an address has a host name, and no user or password in it")
    try:
        found = socket.getaddrinfo(parts.hostname, port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Forbidden(f"{parts.hostname} does not resolve") from None
    addresses = [str(one[4][0]) for one in found]
    if not local and not all(is_public(ip_address(one)) for one in addresses):
        raise Forbidden(f"{parts.hostname} is not on the public internet")
    return addresses[0]


def pool(parts: SplitResult, address: str, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
    """Connections to that address, in the name of the host."""
    if parts.scheme != "https":
        return urllib3.HTTPConnectionPool(address, port(parts), timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address, port(parts), timeout=timeout, server_hostname=parts.hostname, assert_hostname=parts.hostname
    )


def port(parts: SplitResult) -> int:
    """The port to connect to."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the public internet: no private, link-local (metadata), translated or multicast one."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in TRANSLATED):
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not address.is_multicast
