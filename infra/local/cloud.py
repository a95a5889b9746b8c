"""Start and stop the local cloud: one MiniStack on the loopback address, its state in a folder."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.paths import CLOUD_PYTHON, LOCAL

HOST, REGION = "127.0.0.1", "us-east-1"
START_SECONDS, STOP_SECONDS = 120, 120
SERVER = Path(__file__).with_name("cloud_server.py")


@dataclass(frozen=True)
class Cloud:
    """A local cloud: its port, its process, and the folder of its state."""

    port: int
    pid: int
    folder: Path

    @property
    def endpoint(self) -> str:
        """The address of all its services."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What it and its functions print."""
        return self.folder / "cloud.log"

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def client(cloud: Cloud, service: str) -> Any:
    """A client of one of the cloud's services, as its root; always the same one, for making it takes long."""
    with _making_client:
        return _make_client(cloud, service)


_making_client = threading.Lock()  # clients may be used by several threads, but not made by them


@cache
def _make_client(cloud: Cloud, service: str) -> Any:
    import boto3

    return boto3.client(
        service, endpoint_url=cloud.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )


def running(folder: Path = LOCAL) -> Cloud | None:
    """The cloud whose state lies in that folder, when it is up."""
    try:
        saved = json.loads((folder / "cloud.json").read_text("utf-8"))
        cloud = Cloud(int(saved["port"]), int(saved["pid"]), folder)
    except (OSError, ValueError, KeyError):
        return None
    return cloud if cloud.answers() else None


def start(folder: Path = LOCAL, port: int | None = None, flush_seconds: float = 60) -> Cloud:
    """Start it, or find it running. SystemExit says in one sentence why it cannot be started."""
    already = running(folder)
    if already:
        return already
    port = port or int(os.environ.get("CLOUD_PORT", "4566"))
    if _is_taken(port):
        raise SystemExit(f"Port {port} is taken by another program. Choose a free one: CLOUD_PORT={port + 1} make run")
    _prepare(folder)
    cloud, process = _start_server(folder, port, flush_seconds)
    (folder / "cloud.json").write_text(json.dumps({"port": port, "pid": process.pid}), "utf-8")
    _wait_until_up(cloud, process)
    return cloud


def _start_server(folder: Path, port: int, flush_seconds: float) -> tuple[Cloud, "subprocess.Popen[bytes]"]:
    command, environment = [str(CLOUD_PYTHON), str(SERVER)], _environment(folder, port, flush_seconds)
    with (folder / "cloud.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment, start_new_session=True)
    # Whoever stops it, also from another process, sees it end only when its parent has taken note.
    threading.Thread(target=process.wait, daemon=True, name="local cloud").start()
    return Cloud(port, process.pid, folder), process


def stop(folder: Path = LOCAL) -> bool:
    """Stop the cloud cleanly, so that it saves its state. Whether there was one."""
    cloud = running(folder)
    if cloud is None:
        return False
    os.kill(cloud.pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_alive(cloud.pid):
        if time.monotonic() > deadline:
            os.kill(cloud.pid, signal.SIGKILL)
            raise SystemExit(f"The local cloud did not stop within {STOP_SECONDS} s and was killed; see {cloud.log}")
        time.sleep(0.1)
    (folder / "cloud.json").unlink(missing_ok=True)
    return True


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _prepare(folder: Path) -> None:
    """Make the folders of the state. SystemExit when a saved state cannot be read."""
    for name in ("state", "s3", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in (folder / "state").glob("*.json"):
        try:
            json.loads(path.read_text("utf-8"))
        except ValueError:
            raise SystemExit(f"The saved state {path} is broken. Delete it and start again: make clean run") from None
    _reset_stream_positions(folder / "state" / "lambda.json")


def _reset_stream_positions(path: Path) -> None:
    """The cloud saves how far a stream was read, but not the stream, which begins again: so must its reader."""
    if path.exists():
        saved = json.loads(path.read_text("utf-8"))
        saved.get("payload", {}).get("dynamodb_stream_positions", {}).get("data", {}).clear()
        path.write_text(json.dumps(saved), "utf-8")


def _environment(folder: Path, port: int, flush_seconds: float) -> dict[str, str]:
    """Nothing of the caller's environment but the path: the Lambdas inherit what the cloud has."""
    temporary = str(folder / "tmp")
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": temporary,
        "TMPDIR": temporary,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LOG_LEVEL": os.environ.get("CLOUD_LOG_LEVEL", "INFO"),
        "FLUSH_SECONDS": str(flush_seconds),
        "LAMBDA_WARM_TTL_SECONDS": "3600",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait_until_up(cloud: Cloud, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not cloud.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            end = cloud.log.read_text("utf-8", "replace").splitlines()[-3:]
            raise SystemExit(f"The local cloud did not start; {cloud.log} ends with:\n" + "\n".join(end))
        time.sleep(0.1)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
