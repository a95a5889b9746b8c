"""The command line of what learns: what it reads, what it writes, and how it ends."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.learn.__main__ import main

Rows = Sequence[Mapping[str, Any]]
ODD = [{"id": "empty", "text": ""}, {"id": "long", "text": "退货 please " * 10_000}, {"id": "emoji", "text": "😡😡🙏"}]
RETURNS = [
    "退掉这个杯子",
    "I want to return the mug",
    "send the rug back",
    "不想要了，退货",
    "return label please",
    "申请退货",
]
PARCELS = ["快递到哪了", "where is my parcel", "tracking has not moved", "包裹三天没动", "is it shipped", "还没发货"]
TYPES = [{"id": f"t{place}", "text": text, "label": "return"} for place, text in enumerate(RETURNS)]
TYPES += [{"id": f"o{place}", "text": text, "label": "order_issue"} for place, text in enumerate(PARCELS)]
MOODS = [
    {"id": row["id"], "text": row["text"], "label": "negative" if "t" in row["id"] else "positive"} for row in TYPES
]
ASPECTS: Rows = [
    {"id": "a1", "text": "The screen is bright, but the battery is weak", "pairs": [["screen", "+"], ["battery", "-"]]},
    {"id": "a2", "text": "屏幕很亮，但是电池不行", "pairs": [["screen", "+"], ["battery", "-"]]},
    {"id": "a3", "text": "weak battery", "pairs": [["battery", "-"]]},
    {"id": "a4", "text": "bright screen", "pairs": [["screen", "+"]]},
    {"id": "a5", "text": "nothing to say", "pairs": []},
]
BASE = [
    {"id": "ret", "zh": {"title": "退货", "body": "七天内"}, "en": {"title": "Returns", "body": "Within a week"}},
    {"id": "par", "zh": {"title": "物流", "body": "查看运单"}, "en": {"title": "Parcels", "body": "See tracking"}},
]
ASKED = [
    {"id": row["id"], "text": row["text"], "gold": ["ret" if row["label"] == "return" else "par"]} for row in TYPES
]
ORDERS = [
    {
        "id": str(number),
        "purchased_at": "2026-03-02T09:00:00",
        "promised_at": "2026-03-12T09:00:00",
        "handed_over_at": "2026-03-03T09:00:00",
        "delivered_at": None if number % 4 == 0 else "2026-03-08T09:00:00",
        "items": [{"price": 10.0}] * (1 + number % 2),
        "bad": int(number % 8 == 0),
    }
    for number in range(40)
]
TRAINED: dict[str, tuple[Rows, Rows]] = {
    "type": (TYPES, [*TYPES, *ODD]),
    "sentiment": (MOODS, [*TYPES, *ODD]),
    "aspects": (ASPECTS, [*ASPECTS, *ODD]),
    "search": (ASKED, [*ASKED, *ODD]),
    "risk": (ORDERS, ORDERS),
}
"""For each task that has a model, rows to learn from and rows to answer."""


def write(path: Path, rows: Rows) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Bench:
    """Runs the command in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def train(self, task: str, rows: Rows) -> int:
        return main(["train", "--task", task, "--in", write(self.folder / "in.jsonl", rows), *self._more(task)])

    def predict(self, task: str, rows: Rows, *more: str, out: str = "out.jsonl") -> int:
        source = write(self.folder / "ask.jsonl", rows)
        return main(
            ["predict", "--task", task, "--in", source, "--out", str(self.folder / out), *self._more(task), *more]
        )

    def answers(self) -> list[dict[str, Any]]:
        return read(self.folder / "out.jsonl")

    def _more(self, task: str) -> list[str]:
        model = ["--model", str(self.folder / "model")] if task in TRAINED else []
        return model + (["--articles", write(self.folder / "base.jsonl", BASE)] if task == "search" else [])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("task", TRAINED)
def test_a_model_answers_every_row_in_order_and_twice_in_the_same_bytes(bench: Bench, task: str) -> None:
    learned, asked = TRAINED[task]
    assert bench.train(task, learned) == 0
    model = {path.name: path.read_bytes() for path in (bench.folder / "model").iterdir() if path.suffix == ".json"}
    assert bench.predict(task, asked) == 0
    assert [answer["id"] for answer in bench.answers()] == [row["id"] for row in asked]
    first = (bench.folder / "out.jsonl").read_bytes()
    assert bench.train(task, learned) == 0
    assert model == {name: (bench.folder / "model" / name).read_bytes() for name in model}
    assert bench.predict(task, asked, out="again.jsonl") == 0
    assert (bench.folder / "again.jsonl").read_bytes() == first
    assert bench.predict(task, [], out="none.jsonl") == 0
    assert (bench.folder / "none.jsonl").read_bytes() == b""


@pytest.mark.parametrize("task", ["duplicates", "topics", "days", "drivers"])
def test_a_task_without_a_model_answers_twice_in_the_same_bytes(bench: Bench, task: str) -> None:
    days = [
        {"id": str(day), "day": f"2026-{1 + day // 28:02}-{1 + day % 28:02}", "count": day % 7} for day in range(60)
    ]
    cases = [{"id": day, "score": 1 + day % 5, "late": day % 3} for day in range(60)]
    tables: dict[str, Rows] = {"days": days, "drivers": cases}
    rows = tables.get(task, [*TYPES, *ODD])
    written = []
    for out in ("out.jsonl", "again.jsonl"):
        assert bench.predict(task, rows, out=out) == 0
        written.append((bench.folder / out).read_bytes())
    assert written[0] == written[1]
    assert bench.predict(task, []) == 0
    assert bench.answers() == []


def test_the_fields_of_the_answers_are_those_promised(bench: Bench) -> None:
    fields = {
        "type": {"id", "label", "best", "confidence"},
        "sentiment": {"id", "label", "best", "confidence", "intensity"},
        "aspects": {"id", "pairs"},
        "search": {"id", "ranking", "confidence", "answer"},
        "risk": {"id", "risk", "reasons"},
    }
    for task, (learned, asked) in TRAINED.items():
        assert bench.train(task, learned) == 0
        assert bench.predict(task, asked) == 0
        assert all(answer.keys() == fields[task] for answer in bench.answers())
    assert all(answer["reasons"] and 0 <= answer["risk"] <= 1 for answer in bench.answers())


def test_every_text_gets_a_topic_that_is_listed(bench: Bench) -> None:
    rows = [*TYPES, *ODD]
    assert bench.predict("topics", rows, "--topics", "3", "--seed", "2") == 0
    topics = [answer for answer in bench.answers() if "words" in answer]
    of_texts = [answer for answer in bench.answers() if "topic" in answer]
    assert len(topics) == 3
    assert [answer["id"] for answer in of_texts] == [row["id"] for row in rows]
    assert {answer["topic"] for answer in of_texts} == {topic["id"] for topic in topics}


def test_rows_without_ids_are_numbered_and_compressed_files_are_read(bench: Bench) -> None:
    source = bench.folder / "days.jsonl.gz"
    source.write_bytes(gzip.compress(b'{"day": "a", "count": 1}\n\n{"day": "b", "count": 2}\n'))
    out = bench.folder / "out.jsonl"
    assert main(["predict", "--task", "days", "--in", str(source), "--out", str(out)]) == 0
    assert [answer["id"] for answer in read(out)] == ["0", "1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"text": "a", "label": "x"}\n{"text": \n', "line 2"),
        (b"[1, 2]\n", "line 1"),
        (b'{"text": "\xff"}\n', "line 1"),
        (b'{"label": "x"}\n', "no text"),
        (b'{"text": 7, "label": "x"}\n', "no text"),
        (b'{"text": "a"}\n', "no label"),
        (b'{"text": "a", "label": null}\n', "no text has a label"),
        (b"", "no rows"),
    ],
)
def test_what_cannot_be_learned_from_is_named(
    bench: Bench, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    source = bench.folder / "broken.jsonl"
    source.write_bytes(content)
    assert main(["train", "--task", "type", "--in", str(source), "--model", str(bench.folder / "model")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(("task", "missing"), [("days", "count"), ("drivers", "score"), ("topics", "text")])
def test_a_row_without_what_the_task_needs_is_named(
    bench: Bench, capsys: pytest.CaptureFixture[str], task: str, missing: str
) -> None:
    assert bench.predict(task, [{"id": "r7", "late": 1}]) == 2
    assert f"the row r7 has no {missing}" in capsys.readouterr().err


def test_an_option_or_file_that_is_missing_or_wrong_is_named(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = write(bench.folder / "in.jsonl", TYPES), str(bench.folder / "out.jsonl")
    nowhere = str(bench.folder / "nowhere")
    days = write(bench.folder / "days.jsonl", [{"count": 1}])
    negative = write(bench.folder / "negative.jsonl", [{"count": 1}, {"count": -2}])
    damaged = str(bench.folder / "damaged.jsonl.gz")
    Path(damaged).write_bytes(gzip.compress(b"{}")[:10] + bytes([255] * 20))
    for arguments, said in (
        (["predict", "--task", "type", "--in", source, "--out", out, "--model", nowhere], "has no model"),
        (["predict", "--task", "type", "--in", source, "--out", out], "--model is missing"),
        (["predict", "--task", "days", "--in", source], "--out is missing"),
        (["predict", "--task", "days", "--in", nowhere, "--out", out], "cannot be read"),
        (["train", "--task", "days", "--in", source, "--model", nowhere], "needs no model"),
        (["train", "--task", "search", "--in", source, "--model", nowhere], "--articles is missing"),
        (["train", "--task", "slots", "--in", source, "--model", nowhere], "nothing learns slots yet"),
        (["train", "--task", "type", "--in", source, "--model", source], "cannot be a folder"),
        (["train", "--task", "type", "--in", source, "--model", nowhere, "--precision", "1.5"], "--precision must"),
        (["predict", "--task", "topics", "--in", source, "--out", out, "--seed", "-1"], "--seed must"),
        (["predict", "--task", "days", "--in", negative, "--out", out], "the row 1 has a count below 0"),
        (["predict", "--task", "days", "--in", damaged, "--out", out], "cannot be read"),
        (["predict", "--task", "days", "--in", days, "--out", str(bench.folder)], "cannot be written"),
    ):
        assert main(arguments) == 2
        assert said in capsys.readouterr().err


def test_the_folder_of_the_answers_is_made(bench: Bench) -> None:
    source, out = write(bench.folder / "in.jsonl", [{"count": 1}]), bench.folder / "new" / "out.jsonl"
    assert main(["predict", "--task", "days", "--in", source, "--out", str(out)]) == 0
    assert out.is_file()


def test_a_task_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--task", "fortune", "--in", "x"])
    assert ended.value.code == 2
    assert "fortune" in capsys.readouterr().err
