"""What one call of DynamoDB costs through each client that could be used, and what loading the client costs.

DynamoDB is a stub on loopback without TLS. The calls take turns in one process. A start is a process of its own, with
compiled libraries, that makes one put; what Python itself takes is subtracted. aws-sdk-dynamodb and aiodynamo take part
where they are installed, so put them into a temporary environment together with what the project needs."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from time import process_time

from bench.support.clock import cpu_of_child, interleaved
from bench.support.figures import Figure, run
from bench.support.lambda_setup import run_stub
from bench.support.requests import ENVIRONMENT
from bench.transport.transports import CLIENTS, Store
from bench.transport.trimmed_data import trim
from infra.paths import ROOT

ROUNDS, CALLS, STARTS = 25, 100, 7
PUT_LIMIT = 0.35
"""How much of botocore's CPU our own put may take."""


def installed() -> list[str]:
    """The clients that can be measured here."""
    return [name for name, (package, _) in CLIENTS.items() if find_spec(package)]


def measure() -> list[Figure]:
    """Measure calls in one child process, and each start in another."""
    with tempfile.TemporaryDirectory() as name, run_stub() as url:
        folder = Path(name)
        environment = _environment(folder, url)
        cpu_of_child([sys.executable, "-m", "bench.transport", str(folder / "calls.json")], environment, ROOT)
        calls = json.loads((folder / "calls.json").read_text("utf-8"))
        starts = _starts(environment)
    figures = [Figure("botocore: a put", calls["botocore"][0] * 1e6, "µs CPU")]
    for client in installed():
        limit = PUT_LIMIT if client == "our own client" else None
        put, get = (ours / theirs for ours, theirs in zip(calls[client], calls["botocore"], strict=True))
        figures += [
            Figure(f"{client}: a put against botocore's", put, "×", limit),
            Figure("  a get against botocore's", get, "×"),
            Figure("  loading it and the first put", starts[client] * 1e3, "ms CPU"),
        ]
    return figures


def _environment(folder: Path, url: str) -> dict[str, str]:
    """The children's environment: libraries are compiled into the folder, and botocore's trimmed data is there too."""
    (package,) = find_spec("botocore").submodule_search_locations  # type: ignore[union-attr,misc]
    trim(Path(package) / "data", folder / "data")
    variables = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url, "TRIMMED_DATA": str(folder / "data")}
    return variables | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _starts(environment: dict[str, str]) -> dict[str, float]:
    """The CPU seconds of a start with each client."""
    names = ["nothing", *installed()]

    def start(name: str) -> float:
        return cpu_of_child([sys.executable, "-m", "bench.transport.first_put", name], environment, ROOT)

    for name in names:
        start(name)  # compiles
    seconds = dict(zip(names, interleaved(STARTS, *(partial(start, name) for name in names)), strict=True))
    return {name: seconds[name] - seconds["nothing"] for name in names}


def child(out: Path) -> None:
    """Measure the calls of all clients in turns; the CPU seconds of a put and of a get."""
    keys = count()
    stores = [CLIENTS[name][1]() for name in installed()]
    measures = [measure for store in stores for measure in _measures(store, keys)]
    for measure_once in measures:
        measure_once()
    seconds = interleaved(ROUNDS, *measures)
    out.write_text(json.dumps(dict(zip(installed(), zip(seconds[::2], seconds[1::2], strict=True), strict=True))))


def _measures(store: Store, keys: "count[int]") -> list[Callable[[], float]]:
    """Two functions that measure a put and a get of this client."""

    def put() -> None:
        store.put(f"K{next(keys)}")

    store.put("K")
    return [lambda: _seconds(put), lambda: _seconds(lambda: store.get("K"))]


def _seconds(call: Callable[[], object]) -> float:
    began = process_time()
    for _ in range(CALLS):
        call()
    return (process_time() - began) / CALLS


if __name__ == "__main__":
    child(Path(sys.argv[1])) if len(sys.argv) > 1 else run(measure)
