import threading
from collections.abc import Callable

import pytest

from infra.progress import side_by_side

Show = Callable[[str], None]


def test_parts_are_done_at_the_same_time_and_their_results_stand_in_order() -> None:
    both = threading.Barrier(2, timeout=20)

    def part(name: str) -> Callable[[Show], str]:
        def do(show: Show) -> str:
            show("the other")
            both.wait()
            return name

        return do

    assert list(side_by_side({"first": part("a"), "second": part("b")}).items()) == [("first", "a"), ("second", "b")]


def test_a_part_that_fails_ends_it_with_its_words_once_the_others_are_through() -> None:
    done: list[str] = []

    def fail(_: Show) -> None:
        raise SystemExit("no sign of the return")

    with pytest.raises(SystemExit, match="no sign of the return"):
        side_by_side({"return": fail, "other": lambda _: done.append("other")})
    assert done == ["other"]


def test_when_several_parts_fail_none_of_their_errors_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(words: str) -> Callable[[Show], str]:
        def do(_: Show) -> str:
            raise SystemExit(words)

        return do

    with pytest.raises(SystemExit, match="no return"):
        side_by_side({"Returns": fail("no return"), "Other": lambda _: "fine", "Surveys": fail("no [survey]")})
    shown = capsys.readouterr().out
    assert "Surveys: SystemExit('no [survey]')" in shown
    assert shown.count("failed") == 2
