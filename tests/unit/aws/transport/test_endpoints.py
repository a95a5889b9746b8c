"""Where requests go: to the places to which botocore would send them, or botocore sends them itself."""

from typing import Any

import pytest
from botocore.session import Session

from chalicelib.adapters.aws import clients
from chalicelib.adapters.aws.transport.client import PROTOCOLS, Client
from chalicelib.adapters.aws.transport.endpoints import Endpoint, endpoint_of
from tests.support.aws.wire import ENVIRONMENT

VARIABLES = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_REGION",
    "AWS_CLIENT",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def botocores_url(service: str, region: str) -> str:
    return str(Session().create_client(service, region_name=region).meta.endpoint_url)


def url(endpoint: Endpoint | None) -> str | None:
    return f"{endpoint.scheme}://{endpoint.host}" if endpoint else None


def test_in_every_region_that_botocore_knows_the_endpoint_is_botocores_or_is_left_to_it(
    environment: pytest.MonkeyPatch,
) -> None:
    session, ours = Session(), 0
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("dynamodb", partition):
            environment.setenv("AWS_DEFAULT_REGION", region)
            endpoints = {service: url(endpoint_of(service)) for service in PROTOCOLS}
            if partition in ("aws", "aws-cn"):
                suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
                assert endpoints == {service: f"https://{service}.{region}.{suffix}" for service in PROTOCOLS}
                ours += 1
            else:
                assert set(endpoints.values()) == {None}, region
    assert ours > 25


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-3", "cn-northwest-1"])
@pytest.mark.parametrize("service", PROTOCOLS)
def test_the_public_endpoint_is_the_one_that_botocores_rules_give(
    service: str, region: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("AWS_DEFAULT_REGION", region)
    assert url(endpoint_of(service)) == botocores_url(service, region)


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_DYNAMODB": "https://ddb.example:8443"},
        {"AWS_ENDPOINT_URL_SQS": "http://localhost:1"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_ENDPOINT_URL": "http://[::1]:4566"},
    ],
)
@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
def test_an_address_in_the_environment_is_used_as_botocore_uses_it(
    variables: dict[str, str], service: str, environment: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert url(endpoint_of(service)) == botocores_url(service, "us-east-1")


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_DEFAULT_REGION": "us-gov-west-1"},
        {"AWS_DEFAULT_REGION": "us-iso-east-1"},
        {"AWS_DEFAULT_REGION": "fips-us-east-1"},
        {"AWS_DEFAULT_REGION": ""},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/prefix"},
        {"HTTPS_PROXY": "http://proxy.example:3128"},
        {"https_proxy": "http://proxy.example:3128", "NO_PROXY": "other.example"},
    ],
)
def test_what_needs_more_rules_is_left_to_botocore(variables: dict[str, str], environment: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert endpoint_of("dynamodb") is None


def test_a_host_that_is_reached_without_the_proxy_is_asked_by_us(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", "http://proxy.example:3128")
    environment.setenv("NO_PROXY", "127.0.0.1")
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert url(endpoint_of("dynamodb")) == "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("host", "scheme", "address"),
    [
        ("dynamodb.us-east-1.amazonaws.com", "https", ("dynamodb.us-east-1.amazonaws.com", 443)),
        ("127.0.0.1:4566", "http", ("127.0.0.1", 4566)),
        ("localhost", "http", ("localhost", 80)),
        ("[::1]:4566", "http", ("::1", 4566)),
    ],
)
def test_the_address_of_an_endpoint_is_its_host_and_port(host: str, scheme: str, address: tuple[str, int]) -> None:
    assert Endpoint("dynamodb", "us-east-1", scheme, host).address == address


def made(service: str) -> Any:
    return clients.client.__wrapped__(service)


def test_our_client_is_used_where_its_whole_configuration_is_in_the_environment(
    environment: pytest.MonkeyPatch,
) -> None:
    assert {type(made(service)) for service in PROTOCOLS} == {Client}
    assert not isinstance(made("s3"), Client)
    environment.delenv("AWS_ACCESS_KEY_ID")
    assert not isinstance(made("dynamodb"), Client)
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    assert isinstance(made("dynamodb"), Client)


def test_one_setting_has_botocore_call_every_service(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_CLIENT", "botocore")
    assert not [service for service in PROTOCOLS if isinstance(made(service), Client)]
