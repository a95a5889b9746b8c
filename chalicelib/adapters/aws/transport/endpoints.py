"""Where the requests of a service go, by the environment variables that botocore reads.

Only what needs no rules of AWS is decided here: an address that is set, or the public endpoint of a region. What needs
more of them (FIPS, dual-stack, other partitions, proxies) has no endpoint here, and botocore is used."""

import os
import re
from typing import NamedTuple
from urllib.parse import urlsplit

SUFFIXES = (
    (re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+"), "amazonaws.com"),
    (re.compile(r"cn-[a-z]+-\d+"), "amazonaws.com.cn"),
)
"""The domains of the partitions `aws` and `aws-cn`, by their regions."""
NEEDS_RULES = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
PORTS = {"https": 443, "http": 80}
CONNECTIONS = "apigatewaymanagementapi"
"""API Gateway's `@connections`. Each API has an address of its own, with a path, so that address has to be set."""


class Endpoint(NamedTuple):
    """The address of a service. `host`: as it is in the Host header, with a port where it is not the usual one. `path`:
    what all its paths begin with, without a slash at the end."""

    service: str
    region: str
    scheme: str
    host: str
    path: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """The name or number of the host, and the port."""
        parts = urlsplit(f"//{self.host}")
        return parts.hostname or "", parts.port or PORTS[self.scheme]


def endpoint_of(service: str) -> Endpoint | None:
    """The endpoint of a service; None if botocore has to find it."""
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    if not region or any(_is_set(name) for name in NEEDS_RULES):
        return None
    url = _configured_url(service) or _public_url(service, region)
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    is_usual = parts.scheme in PORTS and not parts.query and bool(path) == (service == CONNECTIONS)
    if not is_usual or _has_proxy(parts.hostname or ""):
        return None
    return Endpoint(service, region, parts.scheme, parts.netloc, path)


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() == "true"


def _configured_url(service: str) -> str | None:
    """The address that the environment sets for the service, or for all services."""
    if _is_set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        return None
    return os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")


def _public_url(service: str, region: str) -> str:
    suffix = next((suffix for pattern, suffix in SUFFIXES if pattern.fullmatch(region)), None)
    return f"https://{service}.{region}.{suffix}" if suffix else ""


def _has_proxy(host: str) -> bool:
    """Whether a proxy stands between us and this host."""
    if not any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ):
        return False
    from urllib.request import getproxies, proxy_bypass

    return bool(getproxies()) and not proxy_bypass(host)
