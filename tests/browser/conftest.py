"""Pages are served by the packaged stack."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Load the local cloud once for all folders that need it."""
    config.pluginmanager.import_plugin("tests.support.cloud.plugin")
