"""The desk on moto, through the function's own handler."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import AwsServices
from tests.support.desk.visitor import configure_desk


@pytest.fixture
def desk(services: AwsServices) -> Iterator[AwsServices]:
    """The services with the shop `demo`, and how staff sign in."""
    configure_desk()
    bootstrap.services.cache_clear()
    yield services
    bootstrap.services.cache_clear()
