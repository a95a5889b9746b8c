"""The packaged template as AWS would get it; it is made again only when it is out of date."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.package import package


@pytest.fixture(scope="session")
def packaged() -> Path:
    return package("prod")


@pytest.fixture(scope="session")
def local() -> Path:
    """The package for the local cloud, and so for the architecture of this machine."""
    return package("local")


@pytest.fixture(scope="session")
def unpacked(local: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda has as `/var/task`, for the architecture of this machine's own cloud."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(local / "deployment.zip") as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def template(packaged: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((packaged / "template.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found
