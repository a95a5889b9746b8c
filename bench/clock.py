"""CPU time, which other programs on the machine disturb less than the time on the wall."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median


def cpu() -> float:
    """CPU seconds of this process so far, all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The most memory this process has had at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_of(do: Callable[[], object]) -> float:
    """CPU seconds of doing it here."""
    began = cpu()
    do()
    return cpu() - began


def cpu_of_child(command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None) -> float:
    """CPU seconds of a child process from its start to its end. SystemExit when it fails."""
    child = subprocess.Popen(command, env=dict(environment), cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def interleaved(
    times: int, *contestants: Callable[[], float], choose: Callable[[Iterable[float]], float] = median
) -> list[float]:
    """The median (or what else to `choose`) of each contestant's figures, measured in turns: A B A B …"""
    rounds = [[measure() for measure in contestants] for _ in range(times)]
    return [choose(column) for column in zip(*rounds, strict=True)]


def python_child(module: str, *arguments: str) -> None:
    """Run a module in a child that has this process's environment. SystemExit when it fails."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
    if done.returncode:
        raise SystemExit(f"{module} ended with {done.returncode}")
