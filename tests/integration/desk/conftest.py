"""The desk on moto, through the function's own handler."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import AwsServices
from chalicelib.settings import settings
from tests.support.desk.visitor import configure_desk
from tests.support.moto.cloud import client


@pytest.fixture
def desk(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServices]:
    """The services with the shop `demo`, how staff sign in, and an empty pool of them."""
    configure_desk()
    pool = client("cognito-idp").create_user_pool(PoolName="staff")["UserPool"]["Id"]
    monkeypatch.setenv("USER_POOL", pool)
    settings.cache_clear()
    bootstrap.services.cache_clear()
    yield services
    bootstrap.services.cache_clear()
