"""Several calls to AWS at the same time, a bounded number of them begun and not ended."""

from collections.abc import Callable, Sequence
from threading import BoundedSemaphore
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

P = ParamSpec("P")
A = TypeVar("A")
T = TypeVar("T")
THREADS = 16


def at_once(function: Callable[[A], T], arguments: Sequence[A]) -> list[T]:
    """The results of a function for each of these arguments, 16 at the same time."""
    if len(arguments) <= 1:
        return [function(argument) for argument in arguments]
    from concurrent.futures import ThreadPoolExecutor  # only lists need it, so no cold start waits for it

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, arguments))


class Parallel:
    """Runs functions in the threads of a pool, `most` of them begun and not ended; who starts one more waits. The first
    error is raised to who starts the next function, or else at the end, when everything that was begun has ended."""

    def __init__(self, pool: "Executor", most: int) -> None:
        self._pool, self._most = pool, most
        self._free = BoundedSemaphore(most)
        self._error: BaseException | None = None

    def start(self, function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a function as soon as a thread is free. Raises the error of an earlier one."""
        self._free.acquire()
        if self._error is not None:
            self._free.release()
            raise self._error
        try:
            begun = self._pool.submit(function, *args, **kwargs)
        except BaseException:  # the pool begins with nothing more, for instance because no thread can be started
            self._free.release()
            raise
        begun.add_done_callback(self._end)

    def _end(self, done: "Future[None]") -> None:
        self._error = self._error or done.exception()
        self._free.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Wait for everything that was begun. After an error nothing more can be started."""
        self._error = self._error or error
        for _begun in range(self._most):
            self._free.acquire()
        self._free.release(self._most)  # another thread may wait in `start`
        if error is None and self._error is not None:
            raise self._error
