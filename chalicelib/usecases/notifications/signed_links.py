"""The links in mails, and reading them back. Signed, so that nobody can make or change one."""

import base64
import hmac
from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import KEY_LENGTH
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.surveys import Token
from chalicelib.usecases.ports.services import Desk

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer


REPLY = "r-"


def answer_link(desk: Desk, shop: Shop, token: Token) -> str:
    """The address of the page a survey is answered on."""
    text = _serializer(desk, "survey").dumps([token.case, token.survey, token.expires_at])
    return f"{_base(desk, shop)}/s/{text}"


def read_answer_link(desk: Desk, text: str) -> Token:
    """What a link's token stands for; NotFound when it was not made here."""
    case, survey, expires_at = _loaded(desk, "survey", text)
    return Token(str(case), str(survey), int(expires_at))


def unsubscribe_link(desk: Desk, shop: Shop, customer_key: str) -> str:
    """The address a customer withdraws their consent at, in one click."""
    return f"{_base(desk, shop)}/u/{_serializer(desk, 'unsubscribe').dumps([shop.id, customer_key])}"


def read_unsubscribe_link(desk: Desk, text: str) -> tuple[str, str]:
    """The shop and the customer's key of an unsubscribe link."""
    shop, key = _loaded(desk, "unsubscribe", text)
    return str(shop), str(key)


def progress_link(desk: Desk, shop: Shop, case: str) -> str:
    """The address of the page where a customer sees how their case stands, and takes their turns."""
    return f"{_base(desk, shop)}/p/{progress_token(desk, case)}"


def progress_token(desk: Desk, case: str) -> str:
    """What stands for a case in its customer's link."""
    return _serializer(desk, "progress").dumps([case])


def read_progress_token(desk: Desk, text: str) -> str:
    """The case a customer's link stands for; NotFound when it was not made here."""
    return str(_loaded(desk, "progress", text)[0])


def help_link(desk: Desk, shop: Shop, help_key: str) -> str:
    """The address where a customer goes on with the request for help they began."""
    return f"{_base(desk, shop)}/help/{shop.id}/{_serializer(desk, 'help').dumps([help_key])}"


def read_help_token(desk: Desk, text: str) -> str:
    """The key of the request for help a link stands for."""
    return str(_loaded(desk, "help", text)[0])


def export_link(desk: Desk, shop: Shop, export: str) -> str:
    """The address where a person fetches what is held of them."""
    return f"{_base(desk, shop)}/x/{_serializer(desk, 'export').dumps([export])}"


def read_export_token(desk: Desk, text: str) -> str:
    """The export a link stands for."""
    return str(_loaded(desk, "export", text)[0])


def reply_address(desk: Desk, case_key: str) -> str | None:
    """The address that answers to a case's mails go to; None where no mail is taken in. Small letters and digits only,
    and few: local parts have 64 at most, and some servers change large letters."""
    if not desk.inbound_domain:
        return None
    return f"{REPLY}{case_key}{_reply_mark(desk, case_key)}@{desk.inbound_domain}".lower()


def read_reply_address(desk: Desk, address: str) -> str | None:
    """The key of the case an answer's address stands for; None for one not made here."""
    local, _, domain = address.casefold().rpartition("@")
    told = local.removeprefix(REPLY).upper()
    key, mark = told[:KEY_LENGTH], told[KEY_LENGTH:]
    if domain != desk.inbound_domain or not local.startswith(REPLY) or not told.isascii():
        return None
    return key if hmac.compare_digest(mark, _reply_mark(desk, key)) else None


def _reply_mark(desk: Desk, case_key: str) -> str:
    """Eighty bits that nobody else can make."""
    made = hmac.digest(desk.secrets.token_key().encode(), f"reply {case_key}".encode(), "sha256")
    return base64.b32encode(made[:10]).decode()


def _base(desk: Desk, shop: Shop) -> str:
    return (shop.public_url or desk.api_url).rstrip("/")


def _loaded(desk: Desk, purpose: str, text: str) -> list[str | int]:
    from itsdangerous import BadSignature

    try:
        values: list[str | int] = _serializer(desk, purpose).loads(text)
    except (BadSignature, ValueError):
        raise NotFound("This link is not complete. Please open it from the mail again.") from None
    return values


def _serializer(desk: Desk, purpose: str) -> "URLSafeSerializer":
    import hashlib

    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        desk.secrets.token_key(),
        salt=purpose,
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )
