"""The documentation of flows agrees with the code."""

from infra.docs.flows import PAGE, length, page


def test_the_page_is_drawn_from_the_tables() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "draw it anew: python -m infra.flow_docs"


def test_lengths_are_told_as_people_tell_them() -> None:
    assert [length(3_600, True), length(86_400 * 7), length(28_800, True), length(86_400, True), length(90)] == [
        "1 h of working time",
        "7 d",
        "1 working day",
        "3 working days",
        "90 s",
    ]
