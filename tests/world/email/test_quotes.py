"""Quotes are removed from where the email client begins them, and the customer's own words are kept."""

from typing import Any

import pytest

from chalicelib.domain.email.quoting import fresh_part
from tests.support.world.rows import rows

QUOTED = "Please try another socket.\nMei"


def text_of(row: dict[str, Any]) -> str:
    """An email: own words, what begins the quote, somebody else's words, and what follows the quote."""
    quoted = "\n".join(f"> {line}" for line in QUOTED.split("\n")) if row.get("marked") else QUOTED
    own, begins = row.get("own", "Still dark."), row["begins"]
    above = f"{own}{row['joins']}" if "joins" in row else f"{own}\n\n{begins}"
    below = f"\n\n{row['ends']}\n" if "ends" in row else "\n"
    return f"{above}\n{quoted if not begins.startswith('>') else ''}{below}"


@pytest.mark.parametrize("row", rows("quotes"))
def test_of_a_mail_that_quotes_the_own_words_are_kept(row: dict[str, Any]) -> None:
    assert fresh_part(text_of(row)) == row["want"]


@pytest.mark.parametrize("row", rows("quotes"))
def test_windows_line_ends_and_blanks_change_nothing(row: dict[str, Any]) -> None:
    assert fresh_part(text_of(row).replace("\n", "\r\n").replace(": ", ":\xa0")) == row["want"].replace(": ", ":\xa0")


@pytest.mark.parametrize("row", rows("signatures"))
def test_what_an_app_signs_is_no_word_of_the_customers(row: dict[str, Any]) -> None:
    assert fresh_part(f"Still dark.\n\n{row['line']}\n") == row["want"]


@pytest.mark.parametrize("row", rows("kept_words"))
def test_what_only_looks_like_a_quote_or_a_signature_is_kept(row: dict[str, Any]) -> None:
    want = row["text"] if row["want"] == "whole" else row["want"]
    assert fresh_part(row["text"], row.get("subject", "")) == want
