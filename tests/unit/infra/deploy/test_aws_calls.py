"""The build sees every operation that the code calls, and stops where it does not."""

from pathlib import Path

import pytest

from infra.deploy.aws_calls import Call, Underivable, calls_below
from tests.support.paths import ROOT

IMPORT = "from chalicelib.adapters.aws.clients import client\n\n"


def calls_of(tmp_path: Path, source: str) -> list[tuple[str, str, str | None]]:
    (tmp_path / "module.py").write_text(IMPORT + source, "utf-8")
    return [(call.service, call.operation, call.helper) for call in calls_below(tmp_path)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('client("ssm").get_parameter(Name="x")', ("ssm", "get_parameter", None)),
        ('def read():\n    ssm = client("ssm")\n    ssm.get_parameter(Name="x")', ("ssm", "get_parameter", None)),
        ('def read():\n    a, ssm = 1, client("ssm")\n    ssm.get_parameter()', ("ssm", "get_parameter", None)),
        ('def read():\n    s3 = client("s3")\n    return lambda: s3.get_object()', ("s3", "get_object", None)),
        ('pages = client("s3").get_paginator("list_parts").paginate()', ("s3", "list_parts", "get_paginator")),
        ('client("s3").generate_presigned_url("get_object")', ("s3", "get_object", "generate_presigned_url")),
        ('client("s3").generate_presigned_post("a", "b")', ("s3", "create_bucket", "generate_presigned_post")),
        ('pool.map(client("sqs").send_message, messages)', ("sqs", "send_message", None)),
    ],
)
def test_an_operation_is_seen_in_each_way_of_using_a_client(
    tmp_path: Path, source: str, expected: tuple[str, str, str | None]
) -> None:
    assert calls_of(tmp_path, source) == [expected]


def test_names_that_mean_something_else_in_another_function_are_no_clients(tmp_path: Path) -> None:
    source = 'def one():\n    s3 = client("s3")\n    s3.get_object()\n\ndef other(s3):\n    s3.whatever()'
    assert calls_of(tmp_path, source) == [("s3", "get_object", None)]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("service = 's3'\nclient(service).get_object()", 4),
        ('class Store:\n    def __init__(self):\n        self.s3 = client("s3")', 5),
        ('def read():\n    s3 = client("s3")\n    return helper(s3)', 5),
        ('helper(client("s3"))', 3),
        ('s3 = again = client("s3")', 3),
        ('client("s3").get_paginator(operation)', 3),
        ("from chalicelib.adapters.aws import clients", 3),
        ("import chalicelib.adapters.aws.clients as aws", 3),
        ("from chalicelib.adapters.aws.clients import client as make", 3),
        ('Session().create_client("s3")', 3),
    ],
)
def test_a_use_that_hides_its_operation_stops_the_build_and_names_its_place(
    tmp_path: Path, source: str, line: int
) -> None:
    with pytest.raises(Underivable, match=rf"module\.py:{line}: "):
        calls_of(tmp_path, source)


def test_all_services_of_the_code_are_seen() -> None:
    found: list[Call] = calls_below(ROOT / "chalicelib")
    assert {call.service for call in found} == {
        "dynamodb",
        "kms",
        "sqs",
        "ssm",
        "sesv2",
        "s3",
        "cognito-idp",
        "apigatewaymanagementapi",
    }
    assert {call.helper for call in found} == {
        None,
        "get_paginator",
        "generate_presigned_url",
        "generate_presigned_post",
    }
