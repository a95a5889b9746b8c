"""Whose name requests are signed in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from chalicelib.adapters.aws.transport import credentials
from chalicelib.adapters.aws.transport.credentials import Credentials
from tests.support.aws.wire import ENVIRONMENT


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in (*ENVIRONMENT, "AWS_SESSION_TOKEN", *credentials.CONTAINER):
        monkeypatch.delenv(name, raising=False)
    credentials.clear_cache()
    yield monkeypatch
    credentials.clear_cache()


class Frozen(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None


class Renewed:
    """Credentials that botocore renews each time they are asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def get_frozen_credentials(self) -> Frozen:
        self.asked += 1
        return Frozen(f"ASIA{self.asked}", "secret", "token")


def test_credentials_in_the_environment_are_read_anew_each_time(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", "AKIA1")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert credentials.credentials() == Credentials("AKIA1", "secret", None)
    environment.setenv("AWS_SESSION_TOKEN", "token")
    assert credentials.credentials() == Credentials("AKIA1", "secret", "token")


def test_credentials_of_a_container_are_botocores_which_renews_them(environment: pytest.MonkeyPatch) -> None:
    fetched, sessions = Renewed(), []

    def get_credentials(session: Session) -> Any:
        sessions.append(session)
        return fetched

    environment.setattr(Session, "get_credentials", get_credentials)
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    assert credentials.are_known()
    assert credentials.credentials() == Credentials("ASIA1", "secret", "token")
    assert credentials.credentials() == Credentials("ASIA2", "secret", "token")
    assert len(sessions) == 1
    credentials.clear_cache()
    credentials.credentials()
    assert len(sessions) == 2


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_of_the_credentials_are_none(name: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv(name, "half")
    assert not credentials.are_known()


def test_where_there_are_none_the_error_is_botocores(environment: pytest.MonkeyPatch) -> None:
    environment.setattr(Session, "get_credentials", lambda _: None)
    with pytest.raises(NoCredentialsError):
        credentials.credentials()
