"""What typing costs on arrival: a message, the memory, and the first case of a process."""

import json
import random
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.support import packages
from bench.support.clock import cpu_of_child, interleaved, python_child
from bench.support.figures import Figure
from bench.support.lambda_setup import run_stub
from bench.support.requests import SHOP, create_case, request, requested_case
from chalicelib.adapters.insights.start_messages import start_messages
from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.domain.insights.text_pieces import BITS, hash_of, pieces_of
from chalicelib.domain.triage.shop_model import HASH_BYTES, ZERO, StoredModel, pack_model
from infra.paths import ROOT

PIECES, STARTS = 24_000, 7
MESSAGE_MS, ADDED_MIB = 1.0, 25.0
TYPING = (
    "chalicelib.domain.triage.typing",
    "chalicelib.domain.triage.shop_model",
    "chalicelib.domain.insights.case_types",
)
"""What a case that comes with its type must not load."""


class Warm(NamedTuple):
    """Milliseconds of CPU for a message and for importing and the first message, and MiB added."""

    message: float
    first: float
    added: float


def large_model() -> bytes:
    """A model of as many pieces as a shop's can have, those of the messages among them, with weights by chance."""
    chance = random.Random(24)
    start = msgspec.msgpack.decode(start_model(), type=StoredModel)
    met = {hash_of(piece) for row in start_messages() for piece in pieces_of(row.text)}
    others = [number for number in chance.sample(range(1 << BITS), PIECES) if number not in met]
    hashes = sorted([*met, *others][:PIECES])
    weights = bytes(ZERO + round(chance.gauss(0, 20)) % 100 for _ in range(PIECES * len(start.classes)))
    packed = b"".join(number.to_bytes(HASH_BYTES, "big") for number in hashes)
    return pack_model(msgspec.structs.replace(start, id="large", hashes=packed, weights=weights))


def typing_figures() -> list[Figure]:
    """All of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start, large = _warm(folder, start_model()), _warm(folder, large_model())
        return [
            Figure("typing a message, with the start model", start.message, "ms CPU", MESSAGE_MS),
            Figure(f"typing a message, with a model of {PIECES:,} pieces", large.message, "ms CPU", MESSAGE_MS),
            Figure("  importing typing, reading that model, and the first message", large.first, "ms CPU"),
            Figure("  memory that typing adds to a fresh Python, with that model", large.added, "MiB", ADDED_MIB),
            Figure("  with the start model", start.added, "MiB"),
            *_first_cases(folder),
        ]


def _warm(folder: Path, model: bytes) -> Warm:
    out, texts, stored = folder / "warm", folder / "texts", folder / "model"
    texts.write_text("\n".join(row.text for row in start_messages()), "utf-8")
    stored.write_bytes(model)
    python_child("bench.insights.arrival", str(out), str(texts), str(stored))
    return Warm(*map(float, out.read_text("ascii").split()))


def _first_cases(folder: Path) -> list[Figure]:
    """Fresh processes that import the application and open a case, with its type and without."""
    with run_stub() as url:
        typed, untyped = (_Start(folder, url, is_typed) for is_typed in (True, False))
        with_type, without = typed.modules(), untyped.modules()
        seconds = interleaved(STARTS, typed.cpu, untyped.cpu)
    return [
        Figure("modules of typing that a case with a type loads", sum(name in with_type for name in TYPING), "", 0),
        Figure("modules that a first case without a type loads beyond those", len(without - with_type)),
        Figure("  CPU of a start and first case, with a type", 1000 * seconds[0], "ms CPU"),
        Figure("  without a type", 1000 * seconds[1], "ms CPU"),
    ]


class _Start:
    """A start of the application from this checkout, and its first case."""

    def __init__(self, folder: Path, url: str, is_typed: bool) -> None:
        self.folder, self.is_typed, self.numbers = folder, is_typed, count()
        self.environment = packages.lambda_environment(folder, url, ROOT, Path(sysconfig.get_path("purelib")))

    def _command(self, *more: str) -> list[str]:
        """The command of a start, with a new case each time."""
        name = f"{'typed' if self.is_typed else 'untyped'}-{next(self.numbers)}"
        event = create_case(name) if self.is_typed else _untyped_case(name)
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(event), "utf-8")
        return [sys.executable, "-S", str(ROOT / "bench" / "children" / "ours.py"), str(file), *more]

    def modules(self) -> set[str]:
        """The modules that it loads. Files are in the system's cache afterwards."""
        out = self.folder / "modules.json"
        subprocess.run(self._command(str(out)), env=self.environment, cwd=self.folder, check=True)
        return set(json.loads(out.read_text("utf-8")))

    @property
    def cpu(self) -> Callable[[], float]:
        """A function that starts it and gives its CPU seconds."""
        return lambda: cpu_of_child(self._command(), self.environment, self.folder)


def _untyped_case(name: str) -> dict[str, object]:
    body = {"shop": SHOP, **requested_case(name)}
    del body["type"]
    return request("POST", "/v1/cases", "/v1/cases", json.dumps(body))
