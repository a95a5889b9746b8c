"""The CPU time of the local cloud and of this command, both with all their processes."""

import resource
from typing import NamedTuple

import psutil

from infra.local.cloud import Cloud


class CpuSeconds(NamedTuple):
    """CPU seconds of this process with its children that ended, of the cloud, and of the functions in it."""

    command: float
    cloud: float
    functions: float

    def since(self, before: "CpuSeconds") -> "CpuSeconds":
        """What was used after that."""
        return CpuSeconds(*(now - then for now, then in zip(self, before, strict=True)))


def used(cloud: Cloud | None) -> CpuSeconds:
    """The CPU time used so far. That of the cloud is 0 when it is not running."""
    command = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return CpuSeconds(command, *(seconds_of(cloud.pid) if cloud else (0, 0)))


def seconds_of(pid: int) -> tuple[float, float]:
    """The CPU seconds so far of a process, and of its children and theirs, those that have ended included where the
    system counts them (Linux); zeros for one that has ended."""
    try:
        process = psutil.Process(pid)
        own, running = process.cpu_times(), process.children(recursive=True)
    except psutil.Error:
        return 0, 0
    return own.user + own.system, own.children_user + own.children_system + sum(map(_all_seconds, running))


def _all_seconds(process: psutil.Process) -> float:
    """Of a process, and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0
    return float(times.user + times.system + times.children_user + times.children_system)
