"""Requests as API Gateway passes them to a function, and the data of the shop and the cases in them."""

import json
from typing import Any

from chalicelib.domain.sla.calendars import OFFICE_HOURS, WEEKDAYS, Calendar, Span

SHOP, TABLE, KEYS = "demo", "care", "keys"
CLAIMS = {"sub": "bench", "cognito:username": "bench", "cognito:groups": "admin"}
ENVIRONMENT = {
    "CARE_TABLE": TABLE,
    "KEYS_TABLE": KEYS,
    "MASTER_KEY": "bench",
    "STAGE": "bench",
    "PARAMETERS": "/aftercare/bench",
    "POWERTOOLS_SERVICE_NAME": "aftercare",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONTZPATH": "",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
}


class Context:
    """The fields of Lambda's context that the functions read."""

    function_name = "bench"
    memory_limit_in_mb = 1024
    aws_request_id = "bench"


def request(
    method: str, resource: str, path: str, body: str, *, claims: bool = True, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """The event of one API request. `resource`: the pattern of the route."""
    names = dict(zip(resource.split("/"), path.split("/"), strict=True))
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "body": body,
        "isBase64Encoded": False,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "pathParameters": {name.strip("{}"): value for name, value in names.items() if name.startswith("{")},
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": path,
            "requestId": "bench",
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": {"claims": CLAIMS} if claims else {},
        },
    }


def requested_case(external_id: str) -> dict[str, Any]:
    """A customer's question about the one item of an order."""
    price = {"amount": "199.00", "currency": "CNY"}
    return {
        "external_id": external_id,
        "type": "question",
        "channel": "web",
        "subject": "The lamp flickers",
        "message": "It flickers since the second evening. What can I do?",
        "customer": {
            "external_id": f"C-{external_id}",
            "name": "Sun Yue",
            "email": f"{external_id}@example.net",
            "language": "en",
        },
        "order": {
            "external_id": f"O-{external_id}",
            "items": [{"sku": "LAMP-1", "quantity": 1, "price": price}],
            "total": price,
        },
    }


def create_case(external_id: str) -> dict[str, Any]:
    """The event of `POST /v1/cases` by an admin."""
    body = json.dumps({"shop": SHOP, **requested_case(external_id)})
    return request("POST", "/v1/cases", "/v1/cases", body)


def calendar() -> Calendar:
    """Office hours with the holidays of a year: as large as a real calendar."""
    hours: dict[str, tuple[Span, ...]] = dict.fromkeys(WEEKDAYS[:5], OFFICE_HOURS)
    public = tuple(f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 2, 3))
    return Calendar(id="CN", time_zone="Asia/Shanghai", hours=hours, holidays="CN", public=public, version=1)
