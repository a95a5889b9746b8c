"""How far the reader of a journey walks: python -m tests.support.walk webhook|reply|survey|night|mail [--trace].

For each stage of the journey it prints the project's files that take part, the changes of file and the calls; with
`--trace` each change of file, in order. A stage is one invocation of one function of the template.

The rule of counting. A project file is `app.py` or a file below `chalicelib`. A call is a call of a function or method
that has a name and is written in a project file, also when a library makes the call; each resumption of a generator
function is one. Lambdas, comprehensions and generator expressions belong to the function they stand in. A change of
file is a call into another project file than that of the call before it in the same stage; returns are not counted.
The journey runs twice before it is measured, with other customers, so that imports and what is made at first
use (clients, cached settings, secrets, versions of policies) are not counted.

By this rule the commit the review read (9c8fc41) gives api 20/35/64, relay 5/5/8 and intake 48/163/275 for `webhook`,
where the review has 20/35/65, 6/6/9 and 49/164/276: it counted one client that was made at its first use, too."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.support.journeys import JOURNEYS, set_up
from tests.support.moto.stack import running
from tests.support.paths import ROOT

START = 1_795_485_600  # Tuesday 24 November 2026, ten in the morning in Shanghai


@dataclass
class Stage:
    """What one invocation of a function called."""

    name: str
    files: set[str] = field(default_factory=set)
    changes: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0


class Tracer:
    """Counts project files, changes of file and calls while it is set as the profiler."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.listening = False
        self._place: str | None = None
        self._names: dict[CodeType, str | None] = {}

    def around(self, function: str, do: Callable[[], Any]) -> Any:
        """Run an invocation and count it."""
        if not self.listening:
            return do()
        self.stages.append(Stage(function))
        self._place = None
        sys.setprofile(self._seen)
        try:
            return do()
        finally:
            sys.setprofile(None)

    def _seen(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        name = self._name(code) if event == "call" and not code.co_name.startswith("<") else None
        if name is None:
            return
        stage = self.stages[-1]
        stage.calls += 1
        stage.files.add(name)
        if self._place not in (None, name):
            stage.changes.append((name, code.co_name))
        self._place = name

    def _name(self, code: CodeType) -> str | None:
        if code not in self._names:
            self._names[code] = _project_file(code.co_filename)
        return self._names[code]


def _project_file(file: str) -> str | None:
    path = Path(file)
    if not path.is_absolute() or not path.is_relative_to(ROOT):
        return None
    name = str(path.relative_to(ROOT))
    return name if name == "app.py" or name.startswith("chalicelib/") else None


def walk(name: str) -> list[Stage]:
    """The stages of a journey, as they were measured the third time."""
    journey, tracer = JOURNEYS[name], Tracer()
    with running(START) as stack:
        set_up(stack)
        stack.around = tracer.around
        for turn in ("first", "second"):
            journey.prepare(stack, turn)()
            stack.settle()
        do = journey.prepare(stack, "third")
        tracer.listening = True
        do()
        stack.settle()
    return _chosen(tracer.stages, journey.stages)


def _chosen(walked: list[Stage], names: tuple[str, ...]) -> list[Stage]:
    """The first invocations of these functions, in this order."""
    rest = iter(walked)
    return [next(stage for stage in rest if stage.name == name) for name in names]


def table(name: str, stages: list[Stage]) -> str:
    """The figures of a journey as a table."""
    lines = [f"{name:<12}{'files':>8}{'changes':>9}{'calls':>8}"]
    lines += [_line(stage.name, stage) for stage in stages]
    whole = Stage("in all", set().union(*(stage.files for stage in stages)))
    whole.calls = sum(stage.calls for stage in stages)
    whole.changes = [change for stage in stages for change in stage.changes]
    return "\n".join([*lines, _line("in all", whole)])


def _line(name: str, stage: Stage) -> str:
    return f"  {name:<10}{len(stage.files):>8}{len(stage.changes):>9}{stage.calls:>8}"


def main(arguments: list[str]) -> int:
    """Print a journey."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.walk", description="Walk through a journey.")
    parser.add_argument("journey", choices=sorted(JOURNEYS))
    parser.add_argument("--trace", action="store_true", help="print each change of file, in order")
    asked = parser.parse_args(arguments)
    stages = walk(asked.journey)
    if asked.trace:
        for stage in stages:
            print(stage.name)
            for file, function in stage.changes:
                print(f"  {file}: {function}")
    print(table(asked.journey, stages))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
