"""The history of another help desk is imported once, however often the command is run."""

import csv
from pathlib import Path
from typing import Any

import pytest

from infra.local.waiting import NotYet
from infra.operate import import_history
from tests.support.cloud.world import World
from tests.support.shops.imports import ROWS, write_csv


def test_tickets_are_imported_once_and_what_was_rejected_can_be_mended_and_sent_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(import_history, "find", lambda: world.stack)
    monkeypatch.setattr(import_history, "LOCAL", tmp_path)
    rows = [ROWS["zendesk"] | {"Id": str(number), "Requester id": f"{number}"} for number in range(20)]
    rows[3]["Created at"] = "?"
    file = write_csv(tmp_path / "tickets.csv", rows)
    arguments = [str(file), "--mapping", "zendesk", "--shop", world.shop]
    import_history.main(arguments)
    assert f"{'sent':<20}{19 * 4:>8}" in capsys.readouterr().out

    def imported() -> list[Any]:
        cases: list[Any] = world.get(f"/v1/cases?shop={world.shop}&limit=100").body["items"]
        return cases

    world.eventually(lambda: len(imported()) == 19, "all cases")
    import_history.main(arguments)  # nothing is left to do
    assert "sent" not in capsys.readouterr().out
    import_history.main([*arguments, "--again"])
    assert f"{'sent before':<20}{19 * 4:>8}" in capsys.readouterr().out
    (rejected,) = csv.reader((tmp_path / "tickets.rejects.csv").open(encoding="utf-8"))
    assert rejected[0] == "4"

    def rated() -> Any:
        case = world.case_of("zendesk/5")
        return case if case["satisfaction"] and case["status"] == "resolved" else NotYet(case)

    case = world.eventually(rated, "the rating")
    assert (case["historical"], case["status"], case["satisfaction"]["csat"]) == (True, "resolved", 1)
    assert len(imported()) == 19
