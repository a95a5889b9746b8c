"""What the local cloud does otherwise than AWS so that it is quick, and what `make run` leaves for those who use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local import run
from infra.samples import staff
from tests.support.cloud.world import World


def test_all_processes_of_functions_read_one_unpacked_copy_of_their_code(world: World) -> None:
    world.ask("web-1")
    temporary = (world.stack.cloud.folder / "tmp").resolve()
    code = list(temporary.glob("ministack-lambda-*/code/app.py"))
    assert len(code) > 1
    (copy,) = {file.resolve().parent for file in code}
    assert copy.parent == temporary / "unpacked"


def test_the_stack_file_names_the_desk_and_people_who_can_sign_in(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STACK_FILE", tmp_path / "stack.json")
    staff.hire(world.stack, world.shop)
    run.write_stack_file(world.stack, "demo", "report.html")
    written: dict[str, Any] = json.loads((tmp_path / "stack.json").read_text("utf-8"))
    assert {"api", "desk", "people", "endpoint", "region", "stack", "report", "shop"} <= written.keys()
    assert written["desk"] == f"{written['api']}/desk"
    for role, may_manage in (("agent", 403), ("supervisor", 403), ("admin", 200)):
        person = written["people"][role]
        assert person["password"]
        token = world.stack.sign_in(person["email"])
        assert world.get(f"/v1/cases?shop={world.shop}", token).status == 200
        changed = world.stack.request("PUT", f"/v1/shops/{world.shop}/policy", {}, token)
        assert changed.status == may_manage
    here = world.get(f"/v1/shops/{world.shop}/agents").body["items"]
    assert {one["agent"] for one in here if one["state"] == "here"} == {one.user for one in staff.STAFF if one.works}
