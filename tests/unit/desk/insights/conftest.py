"""The pages of the desk on services in memory."""

from collections.abc import Iterator

import pytest
import time_machine

from chalicelib import bootstrap
from chalicelib.domain.kernel.timestamps import to_datetime
from tests.fakes import NOON
from tests.support.insights.pages import PageServices


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServices]:
    """The services behind the desk."""
    with time_machine.travel(to_datetime(NOON), tick=False):
        made = PageServices()
        monkeypatch.setattr(bootstrap, "AwsServices", lambda: made)
        bootstrap.services.cache_clear()
        yield made
        bootstrap.services.cache_clear()
