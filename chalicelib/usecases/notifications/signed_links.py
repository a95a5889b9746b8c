"""The links in emails, and reading their tokens. Customers' links are signed, so nobody can forge or change one."""

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import KEY_LENGTH
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.surveys import SurveyToken

if TYPE_CHECKING:
    from typing import Protocol

    from itsdangerous import URLSafeSerializer

    from chalicelib.usecases.ports.services import HasApiUrl, HasInboundDomain, HasSecrets

    class SignedLinksServices(HasApiUrl, HasInboundDomain, HasSecrets, Protocol):
        """The services that `signed_links` uses."""


REPLY_PREFIX = "r-"
SIDE_PREFIX = "s-"


def survey_link(services: "SignedLinksServices", shop: Shop, token: SurveyToken) -> str:
    """The URL of the page where a customer answers a survey."""
    text = _serializer(services, "survey").dumps([token.case, token.survey, token.expires_at])
    return f"{_base_url(services, shop)}/s/{text}"


def read_survey_token(services: "SignedLinksServices", text: str) -> SurveyToken:
    """The survey of a survey link; NotFound when the link was not made here."""
    case, survey, expires_at = _load_token(services, "survey", text)
    return SurveyToken(str(case), str(survey), int(expires_at))


def unsubscribe_link(services: "SignedLinksServices", shop: Shop, customer_key: str) -> str:
    """The URL where a customer withdraws their consent to surveys, in one click."""
    return f"{_base_url(services, shop)}/u/{_serializer(services, 'unsubscribe').dumps([shop.id, customer_key])}"


def read_unsubscribe_token(services: "SignedLinksServices", text: str) -> tuple[str, str]:
    """The shop and the customer's key of an unsubscribe link; NotFound when the link was not made here."""
    shop, key = _load_token(services, "unsubscribe", text)
    return str(shop), str(key)


def progress_link(services: "SignedLinksServices", shop: Shop, case: str) -> str:
    """The URL of the page where a customer sees the state of their case, and makes their moves."""
    return f"{_base_url(services, shop)}/p/{progress_token(services, case)}"


def progress_token(services: "SignedLinksServices", case: str) -> str:
    """The token for a case in its customer's link."""
    return _serializer(services, "progress").dumps([case])


def read_progress_token(services: "SignedLinksServices", text: str) -> str:
    """The id of the case of a customer's link; NotFound when the link was not made here."""
    return str(_load_token(services, "progress", text)[0])


def help_link(services: "SignedLinksServices", shop: Shop, help_key: str) -> str:
    """The URL where a customer continues a request for help."""
    return f"{_base_url(services, shop)}/help/{shop.id}/{_serializer(services, 'help').dumps([help_key])}"


def read_help_token(services: "SignedLinksServices", text: str) -> str:
    """The key of the request for help of a link; NotFound when the link was not made here."""
    return str(_load_token(services, "help", text)[0])


def export_link(services: "SignedLinksServices", shop: Shop, export: str) -> str:
    """The URL where a customer downloads the export of their personal data."""
    return f"{_base_url(services, shop)}/x/{_serializer(services, 'export').dumps([export])}"


def read_export_token(services: "SignedLinksServices", text: str) -> str:
    """The id of the export of a link; NotFound when the link was not made here."""
    return str(_load_token(services, "export", text)[0])


def file_link(services: "SignedLinksServices", shop: Shop, file: str) -> str:
    """The URL where a customer gets a file that an agent sent them; `file`: where it is stored."""
    return f"{_base_url(services, shop)}/f/{_serializer(services, 'file').dumps([file])}"


def read_file_token(services: "SignedLinksServices", text: str) -> str:
    """Where the file of a link is stored; NotFound when the link was not made here."""
    return str(_load_token(services, "file", text)[0])


def desk_link(services: "HasApiUrl", shop: str, case: str) -> str:
    """The URL of a case on the agents' desk, which asks whoever opens it to sign in."""
    address: str = services.api_url
    return f"{address.rstrip('/')}/desk/{quote(shop)}/cases/{quote(case)}"


def reply_address(services: "SignedLinksServices", case_key: str) -> str | None:
    """The email address for replies to a case's emails; None where inbound email is not set up.

    It has only lower-case letters and digits, and few of them: a local part has at most 64 characters, and some servers
    change upper case.
    """
    if not services.inbound_domain:
        return None
    return f"{REPLY_PREFIX}{case_key}{_reply_signature(services, case_key)}@{services.inbound_domain}".lower()


def read_reply_address(services: "SignedLinksServices", address: str) -> str | None:
    """The key of the case that a reply address belongs to; None for an address that was not made here."""
    local, _, domain = address.casefold().rpartition("@")
    token = local.removeprefix(REPLY_PREFIX).upper()
    key, signature = token[:KEY_LENGTH], token[KEY_LENGTH:]
    if domain != services.inbound_domain or not local.startswith(REPLY_PREFIX) or not token.isascii():
        return None
    return key if hmac.compare_digest(signature, _reply_signature(services, key)) else None


def _reply_signature(services: "SignedLinksServices", case_key: str) -> str:
    return _address_signature(services, f"reply {case_key}")


def side_address(services: "SignedLinksServices", case_key: str, side_key: str) -> str | None:
    """The email address for answers in a side conversation; None where inbound email is not set up. Like a case's own
    address it is a secret of those who got it."""
    if not services.inbound_domain:
        return None
    signature = _address_signature(services, f"side {case_key}{side_key}")
    return f"{SIDE_PREFIX}{case_key}{side_key}{signature}@{services.inbound_domain}".lower()


def read_side_address(services: "SignedLinksServices", address: str) -> tuple[str, str] | None:
    """The keys of the case and the side conversation that an address belongs to; None for one not made here."""
    local, _, domain = address.casefold().rpartition("@")
    token = local.removeprefix(SIDE_PREFIX).upper()
    case, side = token[:KEY_LENGTH], token[KEY_LENGTH : 2 * KEY_LENGTH]
    if domain != services.inbound_domain or not local.startswith(SIDE_PREFIX) or not token.isascii():
        return None
    signature = _address_signature(services, f"side {case}{side}")
    return (case, side) if hmac.compare_digest(token[2 * KEY_LENGTH :], signature) else None


def _address_signature(services: "SignedLinksServices", text: str) -> str:
    """The first eighty bits of an HMAC, which nobody without our key can compute."""
    digest = hmac.digest(services.secrets.token_key().encode(), text.encode(), "sha256")
    return base64.b32encode(digest[:10]).decode()


def _base_url(services: "SignedLinksServices", shop: Shop) -> str:
    return (shop.public_url or services.api_url).rstrip("/")


def _load_token(services: "SignedLinksServices", purpose: str, text: str) -> list[str | int]:
    """The values in a token; NotFound when it was not signed here for this purpose."""
    from itsdangerous import BadSignature

    try:
        values: list[str | int] = _serializer(services, purpose).loads(text)
    except (BadSignature, ValueError):
        raise NotFound("This link is not complete. Please open it from the mail again.") from None
    return values


def _serializer(services: "SignedLinksServices", purpose: str) -> "URLSafeSerializer":
    import hashlib

    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        services.secrets.token_key(),
        salt=purpose,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
