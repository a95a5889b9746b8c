"""Progress on the terminal: one console, the bar that every long step shows, and parts that are done side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")
Show = Callable[[str], None]
"""Gets what a part is waiting for."""
console = Console(highlight=False)


def bar() -> Progress:
    """A progress bar for one long step."""
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def side_by_side(parts: dict[str, Callable[[Show], T]]) -> dict[str, T]:
    """Do all parts at once, each with a line that says what it waits for; their results. The error of the first part
    that failed, once all have ended; those of the others are shown before."""
    columns = (
        TextColumn("{task.description:<34}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(len(parts)) as pool:
        running = {title: pool.submit(_do, progress, title, part) for title, part in parts.items()}
    failed = {title: error for title, part in running.items() if (error := part.exception()) is not None}
    for title, error in list(failed.items())[1:]:
        console.print(f"{title}: {error!r}", markup=False)
    return {title: part.result() for title, part in running.items()}


def _do(progress: Progress, title: str, part: Callable[[Show], T]) -> T:
    row = progress.add_task(title, total=1, note="")
    try:
        result = part(lambda note: progress.update(row, note=note))
    except BaseException:
        progress.update(row, note="failed")
        progress.stop_task(row)
        raise
    progress.update(row, completed=1, note="done")
    return result
