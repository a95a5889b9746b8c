"""What a function loads before its first answer: nothing of botocore, which would take longer than all the rest."""

import subprocess
import sys

from tests.support.paths import ROOT

CREATE_CASE = """
import json, os, sys
from bench.support.requests import ENVIRONMENT, Context, create_case
from bench.support.lambda_setup import shop_items
from bench.support.stub import Store
LIBRARIES = {"boto3", "botocore", "urllib3", "requests", "aiohttp"}
for name in [name for name in sys.modules if name.partition(".")[0] in LIBRARIES | {"chalicelib"}]:
    del sys.modules[name]  # the bench's own imports
os.environ.update(ENVIRONMENT, POWERTOOLS_LOG_LEVEL="CRITICAL")

import app
from chalicelib.adapters.aws.transport import connections

store, asked = Store(), []
for item in shop_items():
    store.answer("PutItem", {"TableName": "care", "Item": item})

def send(request):
    operation = request.headers["x-amz-target"].rpartition(".")[2]
    asked.append(operation)
    return connections.Response(200, {}, json.dumps(store.answer(operation, json.loads(request.body))).encode())

connections.send = send
answer = app.app(create_case("first"), Context())
assert answer["statusCode"] == 201, answer
assert {"GenerateDataKey", "TransactWriteItems"} <= set(asked)
print(*sorted(name for name in sys.modules if name.partition(".")[0] in LIBRARIES))
"""


def test_creating_a_case_loads_no_other_client_of_aws() -> None:
    done = subprocess.run([sys.executable, "-c", CREATE_CASE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["botocore"]  # Powertools looks whether it is there, and loads nothing of it
