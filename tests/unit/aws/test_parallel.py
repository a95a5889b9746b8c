"""Several calls at the same time: bounded, all of them ended, and no error lost."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import pytest

from chalicelib.adapters.aws.parallel import Parallel


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as threads:
        yield threads


def test_everything_that_was_started_has_ended_at_the_end(pool: ThreadPoolExecutor) -> None:
    done: list[int] = []
    with Parallel(pool, 4) as parallel:
        for number in range(50):
            parallel.start(done.append, number)
    assert sorted(done) == list(range(50))


def test_no_more_are_begun_than_allowed_however_many_are_started(pool: ThreadPoolExecutor) -> None:
    lock, now, most = Lock(), [0], [0]

    def run() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.001)
        with lock:
            now[0] -= 1

    with Parallel(pool, 2) as parallel:
        for _ in range(30):
            parallel.start(run)
    assert most[0] <= 2


def start_all(parallel: Parallel, functions: list[Callable[[], None]]) -> None:
    """Start these, then wait for them."""
    with parallel:
        for function in functions:
            parallel.start(function)


def test_an_error_is_raised_at_the_end_and_stops_what_is_not_begun(pool: ThreadPoolExecutor) -> None:
    done: list[None] = []

    def fail() -> None:
        raise OSError("no route")

    with pytest.raises(OSError, match="no route"):
        start_all(Parallel(pool, 1), [fail, *[lambda: done.append(None)] * 9])
    assert done == []


def test_after_an_error_of_the_block_nobody_waits_for_ever_to_start_something(pool: ThreadPoolExecutor) -> None:
    parallel = Parallel(pool, 1)
    with ThreadPoolExecutor(1) as other:

        def fail_while_another_waits() -> Future[None]:
            with parallel:
                parallel.start(lambda: time.sleep(0.1))
                other.submit(parallel.start, lambda: None)
                raise ValueError("reading failed")

        with pytest.raises(ValueError, match="reading"):
            fail_while_another_waits()
        with pytest.raises(ValueError, match="reading"):
            other.submit(parallel.start, lambda: None).result(5)


def test_when_the_pool_begins_nothing_more_that_is_the_error_and_nobody_waits_for_ever() -> None:
    closed = ThreadPoolExecutor(1)
    closed.shutdown()

    def start_two() -> None:
        start_all(Parallel(closed, 2), [lambda: None])

    with ThreadPoolExecutor(1) as other, pytest.raises(RuntimeError, match="shutdown"):
        other.submit(start_two).result(5)
