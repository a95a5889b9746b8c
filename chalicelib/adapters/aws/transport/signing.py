"""AWS Signature Version 4 for requests without a query.

Its rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""

import hmac
from functools import lru_cache
from hashlib import sha256
from time import gmtime, strftime
from urllib.parse import quote

from chalicelib.adapters.aws.transport.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"


def signed_headers(
    headers: dict[str, str],
    body: bytes,
    region: str,
    service: str,
    credentials: Credentials,
    now: float,
    path: str = "/",
) -> dict[str, str]:
    """The headers with time, session token and signature. `headers`: by lower-case names, all of them are signed; the
    host is one of them. `now`: seconds since 1970. `path`: as it is sent; it is signed encoded once more."""
    stamp = strftime("%Y%m%dT%H%M%SZ", gmtime(now))
    signed = headers | {"x-amz-date": stamp}
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"POST\n{quote(path, safe='/~')}\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_key, stamp[:8], region, service)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    signed["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return signed


@lru_cache(maxsize=16)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key of a day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
