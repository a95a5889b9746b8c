"""Whom our AWS client trusts, over TLS on the loopback address."""

import datetime
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.aws.transport import connections, tls
from chalicelib.adapters.aws.transport.client import Client
from chalicelib.adapters.aws.transport.endpoints import Endpoint
from chalicelib.adapters.aws.transport.errors import NoAnswer
from infra.deploy.amazon_roots import FINGERPRINTS, amazon_roots
from tests.support.aws.certificates import authority_and_server
from tests.support.aws.faulty_service import FaultyService
from tests.support.aws.wire import ENVIRONMENT

HOST = "dynamodb.us-east-1.amazonaws.com"


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in tls.BUNDLE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("chalicelib.adapters.aws.transport.client.time.sleep", lambda _: None)
    tls._beyond_amazon.clear()
    yield monkeypatch
    connections._idle.cache_clear()
    tls._beyond_amazon.clear()


def get(patch: pytest.MonkeyPatch, port: int, host: str = HOST) -> Any:
    """Ask the local service under that name."""
    connect = socket.create_connection
    patch.setattr(socket, "create_connection", lambda _, seconds: connect(("127.0.0.1", port), seconds))
    return Client(Endpoint("dynamodb", "us-east-1", "https", host)).get_item(TableName="t", Key={})


def trusting(patch: pytest.MonkeyPatch, amazon: Path | None, browsers: Path | None) -> None:
    """Trust these authorities as Amazon's and as those of browsers, in place of the real ones."""
    if amazon:
        patch.setattr(tls, "AMAZON_ROOTS", amazon)
    if browsers:
        patch.setattr(tls, "_browsers_file", lambda: str(browsers))


def test_the_file_of_amazons_authorities_is_what_certifi_has_of_them() -> None:
    assert tls.AMAZON_ROOTS.read_text("ascii") == amazon_roots()
    context = ssl.create_default_context(cafile=str(tls.AMAZON_ROOTS))
    subjects = [str(each["subject"]) for each in context.get_ca_certs()]
    assert len(subjects) == len(FINGERPRINTS)
    assert all(any(f"'{name}'" in subject for subject in subjects) for name in FINGERPRINTS)


def test_a_certificate_from_amazon_is_accepted_by_amazons_authorities_alone(
    patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, context = authority_and_server(tmp_path, HOST)
    trusting(patch, amazon=root, browsers=tmp_path / "missing.pem")
    service = FaultyService()
    with service.serving(context) as port:
        assert get(patch, port) == get(patch, port) == {"Item": {}}
    assert service.connections == 1


def test_a_certificate_from_another_authority_that_browsers_trust_is_accepted_and_remembered(
    patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, context = authority_and_server(tmp_path, HOST)
    trusting(patch, amazon=None, browsers=root)
    with FaultyService().serving(context) as port:
        assert get(patch, port) == {"Item": {}}
    assert tls._beyond_amazon == {HOST}


def test_a_certificate_that_nobody_trusts_is_refused(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, context = authority_and_server(tmp_path, HOST)
    service = FaultyService()
    with service.serving(context) as port, pytest.raises(NoAnswer, match="SSLCertVerificationError") as refused:
        get(patch, port)
    assert (refused.value.was_sent, service.bodies) == (False, [])


@pytest.mark.parametrize(
    ("name", "end"),
    [("dynamodb.eu-west-1.amazonaws.com", datetime.datetime(2100, 1, 1)), (HOST, datetime.datetime(2021, 1, 1))],
    ids=["of another host", "expired"],
)
def test_a_certificate_that_is_wrong_is_refused_even_from_amazon(
    name: str, end: datetime.datetime, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, context = authority_and_server(tmp_path, name, end)
    trusting(patch, amazon=root, browsers=root)
    service = FaultyService()
    with service.serving(context) as port, pytest.raises(NoAnswer, match="SSLCertVerificationError"):
        get(patch, port)
    assert service.bodies == []
    assert tls._beyond_amazon == set()


@pytest.mark.parametrize("variable", tls.BUNDLE_VARIABLES)
def test_a_file_in_the_environment_is_trusted_in_place_of_both(
    variable: str, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, context = authority_and_server(tmp_path, HOST)
    patch.setenv(variable, str(root))
    with FaultyService().serving(context) as port:
        assert get(patch, port) == {"Item": {}}
    patch.setenv(variable, str(tls.AMAZON_ROOTS))
    connections._idle.cache_clear()
    with FaultyService().serving(context) as port, pytest.raises(NoAnswer):
        get(patch, port)


@pytest.mark.parametrize("host", ["dynamodb.cn-north-1.amazonaws.com.cn", "localhost"])
def test_a_host_that_is_not_on_amazons_own_domain_is_trusted_as_browsers_trust_it(
    host: str, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root, context = authority_and_server(tmp_path, host)
    trusting(patch, amazon=tmp_path / "missing.pem", browsers=root)
    with FaultyService().serving(context) as port:
        assert get(patch, port, host) == {"Item": {}}


def test_the_authorities_of_browsers_are_those_that_botocore_trusts() -> None:
    from botocore.httpsession import get_cert_path

    assert tls._browsers_file() == get_cert_path(True)
