"""Copy Amazon's own certificate authorities out of certifi's: python -m infra.deploy.amazon_roots

Reading all of certifi's takes 16 to 18 ms of a cold start. AWS names the five that certificates of its endpoints come
from: https://www.amazontrust.com/repository/
"""

import ssl
from hashlib import sha256
from pathlib import Path

import certifi

from chalicelib.adapters.aws.transport.tls import AMAZON_ROOTS
from infra.command import run_command

FINGERPRINTS = {
    "Amazon Root CA 1": "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "Amazon Root CA 2": "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "Amazon Root CA 3": "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "Amazon Root CA 4": "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    "Starfield Services Root Certificate Authority - G2": (
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5"
    ),
}
"""SHA-256 of each certificate, by the common name of its subject, as AWS publishes them."""
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def amazon_roots() -> str:
    """The file's text. SystemExit if certifi lacks one of the authorities."""
    text = Path(certifi.where()).read_text("utf-8")
    certificates = [f"{BEGIN}{part.partition(END)[0]}{END}\n" for part in text.split(BEGIN)[1:]]
    found = {sha256(ssl.PEM_cert_to_DER_cert(one)).hexdigest(): one for one in certificates}
    lacking = [name for name, fingerprint in FINGERPRINTS.items() if fingerprint not in found]
    if lacking:
        raise SystemExit(f"certifi has no {', '.join(lacking)}")
    parts = [f"# {name}\n# SHA-256 {each}\n{found[each]}" for name, each in FINGERPRINTS.items()]
    return "# Made by python -m infra.deploy.amazon_roots from certifi\n" + "\n".join(parts)


def main(_: list[str]) -> None:
    """Write the file."""
    AMAZON_ROOTS.write_text(amazon_roots(), "ascii")


if __name__ == "__main__":
    run_command(main)
