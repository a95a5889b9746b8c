"""Pages are served by the packaged stack."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Load the local cloud once, whichever of the folders that need it comes first."""
    config.pluginmanager.import_plugin("tests.support.cloud.plugin")
