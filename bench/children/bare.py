"""The least a Chalice application that writes to DynamoDB can be: one route, one client, one put."""

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
    told = app.current_request.json_body
    item = {"pk": {"S": "BARE"}, "sk": {"S": told["external_id"]}, "told": {"S": json.dumps(told)}}
    boto3.client("dynamodb").put_item(TableName="care", Item=item)
    return {"id": told["external_id"]}


answer = app(json.loads(Path(sys.argv[1]).read_text("utf-8")), None)
if answer["statusCode"] != 200:
    sys.exit(f"the item was refused: {answer}")
