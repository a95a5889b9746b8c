"""The links in mails, and reading them back. Signed, so that nobody can make or change one."""

import base64
import hmac
from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import KEY_LENGTH
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.surveys import Token
from chalicelib.usecases.ports.services import Services

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer


REPLY = "r-"


def answer_link(services: Services, shop: Shop, token: Token) -> str:
    """The address of the page a survey is answered on."""
    text = _serializer(services, "survey").dumps([token.case, token.survey, token.expires_at])
    return f"{_base(services, shop)}/s/{text}"


def read_answer_link(services: Services, text: str) -> Token:
    """What a link's token stands for; NotFound when it was not made here."""
    case, survey, expires_at = _loaded(services, "survey", text)
    return Token(str(case), str(survey), int(expires_at))


def unsubscribe_link(services: Services, shop: Shop, customer_key: str) -> str:
    """The address a customer withdraws their consent at, in one click."""
    return f"{_base(services, shop)}/u/{_serializer(services, 'unsubscribe').dumps([shop.id, customer_key])}"


def read_unsubscribe_link(services: Services, text: str) -> tuple[str, str]:
    """The shop and the customer's key of an unsubscribe link."""
    shop, key = _loaded(services, "unsubscribe", text)
    return str(shop), str(key)


def progress_link(services: Services, shop: Shop, case: str) -> str:
    """The address of the page where a customer sees how their case stands, and takes their turns."""
    return f"{_base(services, shop)}/p/{progress_token(services, case)}"


def progress_token(services: Services, case: str) -> str:
    """What stands for a case in its customer's link."""
    return _serializer(services, "progress").dumps([case])


def read_progress_token(services: Services, text: str) -> str:
    """The case a customer's link stands for; NotFound when it was not made here."""
    return str(_loaded(services, "progress", text)[0])


def help_link(services: Services, shop: Shop, help_key: str) -> str:
    """The address where a customer goes on with the request for help they began."""
    return f"{_base(services, shop)}/help/{shop.id}/{_serializer(services, 'help').dumps([help_key])}"


def read_help_token(services: Services, text: str) -> str:
    """The key of the request for help a link stands for."""
    return str(_loaded(services, "help", text)[0])


def export_link(services: Services, shop: Shop, export: str) -> str:
    """The address where a person fetches what is held of them."""
    return f"{_base(services, shop)}/x/{_serializer(services, 'export').dumps([export])}"


def read_export_token(services: Services, text: str) -> str:
    """The export a link stands for."""
    return str(_loaded(services, "export", text)[0])


def reply_address(services: Services, case_key: str) -> str | None:
    """The address that answers to a case's mails go to; None where no mail is taken in. Small letters and digits only,
    and few: local parts have 64 at most, and some servers change large letters."""
    if not services.inbound_domain:
        return None
    return f"{REPLY}{case_key}{_reply_mark(services, case_key)}@{services.inbound_domain}".lower()


def read_reply_address(services: Services, address: str) -> str | None:
    """The key of the case an answer's address stands for; None for one not made here."""
    local, _, domain = address.casefold().rpartition("@")
    told = local.removeprefix(REPLY).upper()
    key, mark = told[:KEY_LENGTH], told[KEY_LENGTH:]
    if domain != services.inbound_domain or not local.startswith(REPLY) or not told.isascii():
        return None
    return key if hmac.compare_digest(mark, _reply_mark(services, key)) else None


def _reply_mark(services: Services, case_key: str) -> str:
    """Eighty bits that nobody else can make."""
    made = hmac.digest(services.secrets.token_key().encode(), f"reply {case_key}".encode(), "sha256")
    return base64.b32encode(made[:10]).decode()


def _base(services: Services, shop: Shop) -> str:
    return (shop.public_url or services.api_url).rstrip("/")


def _loaded(services: Services, purpose: str, text: str) -> list[str | int]:
    from itsdangerous import BadSignature

    try:
        values: list[str | int] = _serializer(services, purpose).loads(text)
    except (BadSignature, ValueError):
        raise NotFound("This link is not complete. Please open it from the mail again.") from None
    return values


def _serializer(services: Services, purpose: str) -> "URLSafeSerializer":
    import hashlib

    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        services.secrets.token_key(),
        salt=purpose,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
