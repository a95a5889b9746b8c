"""CPU time, which other programs on the machine disturb less than wall time."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median


def cpu() -> float:
    """The CPU seconds of this process so far, of all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The peak of memory of this process, in MiB: of its own program alone. (`ru_maxrss` begins with what the process
    that started it had in memory.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def cpu_of(call: Callable[[], object]) -> float:
    """The CPU seconds of a call in this process."""
    began = cpu()
    call()
    return cpu() - began


def cpu_of_child(command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None) -> float:
    """The CPU seconds of a child process from start to end. SystemExit if it fails."""
    child = subprocess.Popen(command, env=dict(environment), cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def interleaved(
    times: int, *contestants: Callable[[], float], choose: Callable[[Iterable[float]], float] = median
) -> list[float]:
    """The median of the figures of each contestant, measured in turns: A B A B … `choose`: used instead of the
    median."""
    rounds = [[measure() for measure in contestants] for _ in range(times)]
    return [choose(column) for column in zip(*rounds, strict=True)]


def python_child(module: str, *arguments: str) -> None:
    """Run a module in a child process with the environment of this one. SystemExit if it fails."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
    if done.returncode:
        raise SystemExit(f"{module} ended with {done.returncode}")
