"""The table of figures: it skips what it has no data for, and measures what it has."""

import json
from pathlib import Path

import pytest

from infra.evaluate.__main__ import DATA, main
from infra.evaluate.halves import halves


def test_without_a_folder_it_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(DATA, raising=False)
    assert main([]) == 0
    assert main([str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.count("Skipped") == 2


def test_a_set_that_is_missing_is_skipped_with_the_reason(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 10
    assert all("skipped: " in line and str(tmp_path) in line for line in lines[1:])


def test_a_set_that_is_there_is_measured(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "clinc150").mkdir()
    rows = [{"text": f"{verb} {number}", "label": verb} for verb in ("return", "repair") for number in range(30)]
    (tmp_path / "clinc150" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert main([str(tmp_path), "clinc150"]) == 0
    assert "type, clinc150" in (out := capsys.readouterr().out)
    assert "1.000   0.946   0.955" in out


def test_a_text_is_always_in_the_same_half(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": str(number)}) + "\n" for number in range(100)), "utf-8")
    known, asked = halves(tmp_path, "rows")
    assert len(known) + len(asked) == 100
    assert min(len(known), len(asked)) > 30
    assert halves(tmp_path, "rows") == (known, asked)
