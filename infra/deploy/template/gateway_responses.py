"""What API Gateway answers by itself, before a function runs, in the form of the rest of the API (RFC 9457)."""

import json
from typing import Any

REFUSALS: dict[str, tuple[int, str, str]] = {
    "UNAUTHORIZED": (401, "Not authentic", "This needs a bearer token of the staff pool that has not expired."),
    "EXPIRED_TOKEN": (401, "Not authentic", "The token has expired: get a new one."),
    "ACCESS_DENIED": (403, "Not allowed", "The token does not allow this."),
    "MISSING_AUTHENTICATION_TOKEN": (404, "Not found", "There is no such route, or it does not take this method."),
    "RESOURCE_NOT_FOUND": (404, "Not found", "There is no such route."),
    "REQUEST_TOO_LARGE": (413, "Too large", "The request is larger than 10 MB."),
    "THROTTLED": (429, "Too many requests", "Too many requests at once: try again in a moment."),
    "INTEGRATION_FAILURE": (502, "Our fault", "Something went wrong here, not with your request. Try again."),
    "INTEGRATION_TIMEOUT": (504, "Our fault", "No answer came in time. Try again with the same Idempotency-Key."),
}


def responses() -> dict[str, Any]:
    """The answers by their kind, as the API's definition has them."""
    return {kind: _response(*refusal) for kind, refusal in REFUSALS.items()}


def _response(status: int, title: str, detail: str) -> dict[str, Any]:
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return {
        "statusCode": status,
        "responseParameters": {"gatewayresponse.header.Content-Type": "'application/problem+json'"},
        "responseTemplates": {"application/json": json.dumps(problem)},
    }


def put_responses(apigateway: Any, api: str) -> None:
    """Set them in the local cloud, which does not read them from a definition."""
    for kind, response in responses().items():
        apigateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            statusCode=str(response["statusCode"]),
            responseParameters=response["responseParameters"],
            responseTemplates=response["responseTemplates"],
        )
    apigateway.create_deployment(restApiId=api, stageName="api")
