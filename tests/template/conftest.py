"""The packaged template as AWS would get it; it is made again only when it is out of date."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.package import package


@pytest.fixture(scope="session")
def packaged() -> Path:
    return package("prod")


@pytest.fixture(scope="session")
def template(packaged: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((packaged / "template.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found
