"""Two workers at once: how their storage calls can fall between each other, with up to two changes of turn."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from chalicelib.usecases.ports.cases import RetryLater

DELIVERIES = 4
"""How often a queue delivers the message of a worker that asks for it."""
Work = Callable[[], object]
Turn = tuple[int, int]
"""Which worker makes how many storage calls before the other one goes on."""


class _Worker:
    """One of the two: it waits before each storage call until it has its turn."""

    def __init__(self, work: Work) -> None:
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.finished = False
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)

    def start(self) -> None:
        """Run up to the first storage call."""
        self._thread.start()
        self.step()

    def step(self) -> None:
        """Make the next storage call and what follows, up to the one after."""
        self._go.release()
        self._stopped.acquire()

    def wait(self) -> None:
        """Called by the worker itself before a storage call."""
        self._stopped.release()
        self._go.acquire()

    def _run(self, work: Work) -> None:
        _own.worker = self
        self._go.acquire()
        try:
            for delivery in range(DELIVERIES):
                with suppress(*(() if delivery == DELIVERIES - 1 else (RetryLater,))):
                    work()
                    break
        except BaseException as error:  # it is raised in the test
            self.error = error
        self.finished = True
        self._stopped.release()


_own = threading.local()


def pause_at_calls(*stores: object) -> None:
    """Have these stores of a test wait for their worker's turn at each call from outside; a call within a call belongs
    to it, as a transaction does."""
    for store in stores:
        for name in dir(store):
            method = getattr(store, name)
            if not name.startswith("_") and callable(method):
                setattr(store, name, _pausing(method))


def _pausing(method: Callable[..., Any]) -> Callable[..., Any]:
    def paused(*values: Any, **named: Any) -> Any:
        worker = getattr(_own, "worker", None)
        if worker is None or getattr(_own, "inside", False):
            return method(*values, **named)
        worker.wait()
        _own.inside = True
        try:
            return method(*values, **named)
        finally:
            _own.inside = False

    return paused


def run_interleaved(works: tuple[Work, Work], turns: list[Turn]) -> None:
    """Run both to their ends, in these turns first; what is left of the first goes before the second. A worker that
    asks for it (`RetryLater`) is run again, as its queue delivers its message again."""
    workers = [_Worker(work) for work in works]
    for worker in workers:
        worker.start()
    for who, calls in [*turns, (0, -1), (1, -1)]:
        while calls and not workers[who].finished:
            workers[who].step()
            calls -= 1
    for worker in workers:
        if worker.error is not None:
            raise worker.error


def all_turns(first: int, second: int) -> Iterator[list[Turn]]:
    """The first makes some of its calls, the second makes some of its own, and then each goes on to its end; and the
    same with the second at first. `first`, `second`: how many calls each makes at the most."""
    for one in range(first + 1):
        for other in range(second + 1):
            yield [(0, one), (1, other)]
            yield [(1, other), (0, one), (1, second)]
