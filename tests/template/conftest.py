"""The packaged template as AWS would get it, made once for all tests of this folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.package import package
from tests.support.shared import alone, shared_folder


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by the first process of the run that needs it."""
    shared = shared_folder(tmp_path_factory)
    made, done = shared / "package", shared / "package.done"
    with alone(shared, "packaging"):
        if not done.exists():
            package("prod", made)
            done.touch()
    return made


@pytest.fixture(scope="session")
def template(packaged: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((packaged / "template.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found
