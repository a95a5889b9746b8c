"""The CPU time of the local cloud and of this command, both with all their processes."""

import os
import resource
from pathlib import Path
from typing import NamedTuple

from infra.local.cloud import Cloud

PROC = Path("/proc")
PARENT, TIMES, TIMES_OF_ENDED = 1, slice(11, 13), slice(13, 15)
"""Where they stand in /proc/<pid>/stat behind the process's name: proc(5), fields 4, 14 to 15, and 16 to 17."""


class CpuSeconds(NamedTuple):
    """CPU seconds of this process with its children that ended, of the cloud, and of the functions in it."""

    command: float
    cloud: float
    functions: float

    def since(self, before: "CpuSeconds") -> "CpuSeconds":
        """What was used after that."""
        return CpuSeconds(*(now - then for now, then in zip(self, before, strict=True)))


def used(cloud: Cloud | None) -> CpuSeconds:
    """The CPU time used so far. That of the cloud is 0 when it is not running, and where there is no /proc."""
    command = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if cloud is None or not PROC.exists():
        return CpuSeconds(command, 0, 0)
    stats = {int(path.name): _stat(path) for path in PROC.iterdir() if path.name.isdecimal()}
    server = stats.get(cloud.pid, [])
    functions = _seconds(server[TIMES_OF_ENDED])
    functions += sum(
        _seconds(stat[TIMES]) + _seconds(stat[TIMES_OF_ENDED])
        for stat in stats.values()
        if stat and stat[PARENT] == str(cloud.pid)
    )
    return CpuSeconds(command, _seconds(server[TIMES]), functions)


def _stat(process: Path) -> list[str]:
    """What the kernel says of a process; nothing when it has just ended."""
    try:
        return (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(ticks: list[str]) -> float:
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
