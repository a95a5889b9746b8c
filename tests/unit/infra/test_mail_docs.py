"""The documentation of email agrees with the code."""

from infra.docs.email_forms import PAGE, page


def test_the_page_is_drawn_from_the_tables() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "draw it anew: python -m infra.mail_docs"
