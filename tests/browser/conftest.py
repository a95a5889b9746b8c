"""Pages are served by the packaged stack, and shown in one browser for all tests of a process."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import FLAGS


def pytest_configure(config: pytest.Config) -> None:
    """Load the local cloud once for all folders that need it."""
    config.pluginmanager.import_plugin("tests.support.cloud.plugin")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()
