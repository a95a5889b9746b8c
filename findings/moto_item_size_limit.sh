#!/usr/bin/env bash
# moto 5.2.5, DynamoDB: items above 405,000 bytes are refused; AWS takes up to 409,600.
#
# AWS documents 400 KB an item, names and values together (DynamoDB developer guide, "Constraints"), and a KB there is
# 1,024 bytes. Moto draws the line at 405,000. Code that keeps what fits, and tests that try the edge, find an edge that
# is not AWS's: 4,600 bytes of every largest item cannot be tested, and a limit tuned on moto wastes them.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check "moto[dynamodb]==5.2.5" boto3==1.44.5
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
"$place/venv/bin/python" - <<'PY'
import boto3
from botocore.exceptions import ClientError
from moto import mock_aws


def taken(size: int) -> bool:
    """Whether an item of so many bytes, names and values together, is taken."""
    try:
        client.put_item(TableName="t", Item={"k": {"S": "1"}, "v": {"S": "x" * (size - 3)}})
    except ClientError as refused:
        assert "Item size" in str(refused), refused
        return False
    return True


with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="t", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    low, high = 400_000, 409_600
    assert taken(low)
    assert not taken(high), "moto takes what AWS does"
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(middle) else (low, middle)
print(f"the largest item taken has {low} bytes; AWS's has 409600")
assert 404_900 <= low <= 405_010, "moto's limit has moved"
PY
