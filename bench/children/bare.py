"""A minimal Chalice application that writes to DynamoDB: one route, one client, one put."""

import json
import sys
from pathlib import Path

import boto3
from chalice.app import Chalice, CognitoUserPoolAuthorizer

app = Chalice(app_name="bare")
STAFF = CognitoUserPoolAuthorizer("Staff", provider_arns=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/x"])


@app.route("/v1/cases", methods=["POST"], authorizer=STAFF)
def create() -> dict[str, str]:
    """Put one item."""
    assert app.current_request is not None
    body = app.current_request.json_body
    item = {"pk": {"S": "BARE"}, "sk": {"S": body["external_id"]}, "body": {"S": json.dumps(body)}}
    boto3.client("dynamodb").put_item(TableName="care", Item=item)
    return {"id": body["external_id"]}


answer = app(json.loads(Path(sys.argv[1]).read_text("utf-8")), None)
if answer["statusCode"] != 200:
    sys.exit(f"the item was refused: {answer}")
