"""The key of a case."""

from chalicelib.domain.kernel.ids import key_of


def case_key(shop: str, external_id: str) -> str:
    """The key of the case a shop calls by this external id."""
    return key_of("case", shop, external_id)
