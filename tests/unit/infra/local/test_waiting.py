import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from infra.local import waiting
from infra.local.waiting import NotYet, Standstill, wait_until


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of a cloud whose time passes only while somebody sleeps."""
    path = tmp_path / "cloud.log"
    path.write_text("started\n", "utf-8")
    with time_machine.travel(0, tick=False) as clock:
        monkeypatch.setattr(time, "monotonic", time.time)
        monkeypatch.setattr(time, "sleep", lambda seconds: clock.shift(seconds))
        yield path


def test_what_is_there_is_given_at_once(log: Path) -> None:
    assert wait_until(lambda: "here", "it", log) == "here"
    assert time.time() == 0


def test_slow_work_is_waited_for_as_long_as_the_log_grows(log: Path) -> None:
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        if looks % 60 == 0:
            log.write_text(log.read_text("utf-8") + "a function ran\n", "utf-8")
        return looks == 300

    assert wait_until(look, "it", log)
    assert time.time() > 2 * waiting.STANDSTILL_SECONDS


def test_slow_work_is_waited_for_as_long_as_what_is_seen_changes(log: Path) -> None:
    looks = 0

    def look() -> bool | NotYet:
        nonlocal looks
        looks += 1
        return looks == 300 or NotYet(looks // 60)

    assert wait_until(look, "it", log)
    assert time.time() > 2 * waiting.STANDSTILL_SECONDS


def test_when_nothing_moves_for_two_minutes_it_says_what_was_awaited_and_what_was_seen(log: Path) -> None:
    with pytest.raises(Standstill, match=r"no sign of the return.*for 120 s.*found 'requested'; see .*cloud\.log"):
        wait_until(lambda: NotYet("requested"), "the return's end", log)
    assert 120 < time.time() < 123


def test_the_cloud_is_asked_only_when_a_function_has_run_or_a_second_has_passed(log: Path) -> None:
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        return looks == 11

    wait_until(look, "it", log)
    assert time.time() > 9
