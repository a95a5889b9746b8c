import os
import subprocess
import sys
from pathlib import Path

from infra.local import cpu
from infra.local.cloud import Cloud

WORK = "import time\nwhile time.process_time() < 0.3: pass\n"
PARENT_OF_TWO = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {WORK!r}])
running = subprocess.Popen([sys.executable, "-c", {WORK + "print('worked', flush=True); time.sleep(60)"!r}])
sys.stdin.read()
running.kill()
"""


def test_the_cost_of_a_cloud_is_that_of_itself_and_of_its_processes_both_ended_and_running(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT_OF_TWO]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert server.stdout.readline() == "worked\n"
        used = cpu.used(Cloud(0, server.pid, tmp_path))
        server.stdin.close()
    assert 0.4 < used.functions < 30
    assert 0 < used.cloud < used.functions


def test_this_command_pays_for_its_children_and_not_for_what_was_before() -> None:
    before = cpu.used(None)
    subprocess.run([sys.executable, "-c", WORK], check=True)
    used = cpu.used(None).since(before)
    assert 0.3 <= used.command < 30
    assert (used.cloud, used.functions) == (0, 0)


def test_a_process_that_has_just_ended_costs_nothing(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert ended.pid != os.getpid()
    assert cpu.used(Cloud(0, ended.pid, tmp_path)).cloud == 0
