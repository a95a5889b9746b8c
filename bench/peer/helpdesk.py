"""The peer: django-helpdesk on PostgreSQL behind gunicorn, installed and started for the bench alone."""

import os
import pwd
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.peer.processes import free_port, server
from bench.support.figures import NotHere
from infra.paths import BUILD, ROOT

VENV = BUILD / "bench-peer"
REQUIREMENTS = ROOT / "bench" / "peer" / "requirements.txt"
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
GUNICORN = ("-w", "2", "--threads", "2", "-k", "gthread", "--keep-alive", "30", "--log-level", "warning")


class Peer(NamedTuple):
    """A running server, and the process of its store."""

    port: int
    process: int
    store: int


def install() -> Path:
    """Install the peer from its locked requirements, once. Returns the Python that has it. `NotHere` without
    PostgreSQL."""
    if not BINARIES:
        raise NotHere("bench.peer needs PostgreSQL: apt-get install postgresql (Debian, Ubuntu)")
    python = VENV / "bin" / "python"
    done = VENV / "installed.txt"
    if not done.exists() or done.read_bytes() != REQUIREMENTS.read_bytes():
        print("installing the peer", file=sys.stderr, flush=True)
        venv.create(VENV, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
        shutil.copy(REQUIREMENTS, done)
    return python


@contextmanager
def run_peer(python: Path, folder: Path) -> Iterator[Peer]:
    """Run the peer with its data in this folder until the block ends."""
    with ExitStack() as stack:
        database = free_port()
        store = stack.enter_context(_postgres(folder, database))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "bench.peer.django_settings",
            "PEER_DATABASE_PORT": str(database),
        }
        for command in (["-m", "django", "migrate", "-v", "0"], ["-m", "bench.peer.django_data"]):
            subprocess.run([str(python), *command], env=environment, cwd=ROOT, check=True)
        port = free_port()
        application = "django.core.wsgi:get_wsgi_application()"
        process = stack.enter_context(server(gunicorn(python, port, application), port, environment, ROOT))
        yield Peer(port, process, store)


def gunicorn(python: Path, port: int, application: str) -> list[str]:
    """The command of a server with two processes of two threads."""
    return [str(python), "-m", "gunicorn", *GUNICORN, "-b", f"127.0.0.1:{port}", application]


@contextmanager
def _postgres(folder: Path, port: int) -> Iterator[int]:
    """Run PostgreSQL with its data in this folder. It refuses to run as root, so root starts it as `postgres`."""
    data, user = folder / "postgres", "postgres" if os.geteuid() == 0 else None
    data.mkdir(mode=0o700)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(data, account.pw_uid, account.pw_gid)
        folder.chmod(0o711)
    initdb = [str(BINARIES[-1] / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)
    options = ("-h", "127.0.0.1", "-p", str(port), "-k", str(data))
    command = [str(BINARIES[-1] / "postgres"), "-D", str(data), *options]
    with server(command, port, {"LC_ALL": "C.UTF-8"}, Path("/"), user) as process:
        yield process
