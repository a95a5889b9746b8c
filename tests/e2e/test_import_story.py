"""History of another desk is brought over once, however often the command is run."""

import csv
import importlib
from pathlib import Path
from typing import Any

import pytest

from infra.replay import settle
from tests.support.cloud_world import World
from tests.support.imports import ROWS, write_csv

command: Any = importlib.import_module("infra.import")


def test_tickets_are_imported_once_and_what_was_rejected_can_be_mended_and_sent_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find", lambda: world.stack)
    monkeypatch.setattr(command, "LOCAL", tmp_path)
    rows = [ROWS["zendesk"] | {"Id": str(number), "Requester id": f"{number}"} for number in range(20)]
    rows[3]["Created at"] = "?"
    file = write_csv(tmp_path / "tickets.csv", rows)
    arguments = [str(file), "--mapping", "zendesk", "--shop", world.shop]
    command.main(arguments)
    assert f"{'sent':<20}{19 * 4:>8}" in capsys.readouterr().out
    settle(world.stack)
    command.main(arguments)  # nothing is left to do
    assert "sent" not in capsys.readouterr().out
    command.main([*arguments, "--again"])
    assert f"{'sent before':<20}{19 * 4:>8}" in capsys.readouterr().out
    (rejected,) = csv.reader((tmp_path / "tickets.rejects.csv").open(encoding="utf-8"))
    assert rejected[0] == "4"

    case = world.case_of("zendesk/5")
    assert (case["historical"], case["status"], case["satisfaction"]["csat"]) == (True, "resolved", 1)
    found = world.get(f"/v1/cases?shop={world.shop}&limit=100").body["items"]
    assert len(found) == 19
