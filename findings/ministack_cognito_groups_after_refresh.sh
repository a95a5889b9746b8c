#!/usr/bin/env bash
# MiniStack 1.5.33, Cognito: an ID token that is refreshed at the managed login's token endpoint has lost its groups.
#
# On AWS a refreshed ID token names the groups that its user has at that moment (Developer guide, "Using the refresh
# token"). MiniStack names them in the token for the code, and leaves them out of the token for the refresh token of the
# same sign-in; a refresh token of InitiateAuth keeps them, at the same endpoint. Software that asks the pool again who
# somebody is finds, minutes after the sign-in, a user without any rights, and only on the local cloud.
set -euo pipefail
server=
place=$(mktemp -d)
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check ministack==1.5.33 cryptography==50.0.2 boto3==1.43.106
port=$("$place/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$place"
env -i PATH="$PATH" HOME="$place" TMPDIR="$place" GATEWAY_PORT="$port" BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 \
  STATE_DIR="$place/state" IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 "$place/venv/bin/ministack" >"$place/log" 2>&1 &
server=$!
ENDPOINT="http://127.0.0.1:$port" "$place/venv/bin/python" - <<'PY'
import base64
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3

endpoint, back = os.environ["ENDPOINT"], "https://shop.example.com/callback"
for _ in range(120):
    try:
        urllib.request.urlopen(endpoint + "/_ministack/health", timeout=2)
        break
    except OSError:
        time.sleep(0.5)
pools = boto3.client(
    "cognito-idp", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
pool = pools.create_user_pool(PoolName="staff")["UserPool"]["Id"]
client = pools.create_user_pool_client(
    UserPoolId=pool,
    ClientName="desk",
    CallbackURLs=[back],
    SupportedIdentityProviders=["COGNITO"],
    AllowedOAuthFlowsUserPoolClient=True,
    AllowedOAuthFlows=["code"],
    AllowedOAuthScopes=["openid"],
    ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
)["UserPoolClient"]["ClientId"]
who = {"UserPoolId": pool, "Username": "mei"}
pools.admin_create_user(**who)
pools.admin_set_user_password(**who, Password="Long-enough-1", Permanent=True)
pools.create_group(UserPoolId=pool, GroupName="agent")
pools.admin_add_user_to_group(**who, GroupName="agent")


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def post(path, **form):
    request = urllib.request.Request(endpoint + path, urllib.parse.urlencode(form).encode())
    try:
        return urllib.request.build_opener(Stay).open(request)
    except urllib.error.HTTPError as answer:
        return answer


def groups(tokens):
    payload = tokens["id_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("cognito:groups")


def refreshed(token):
    return groups(json.load(post("/oauth2/token", grant_type="refresh_token", client_id=client, refresh_token=token)))


sent = post(
    "/login", client_id=client, redirect_uri=back, response_type="code", scope="openid", username="mei",
    password="Long-enough-1",
)
code = urllib.parse.parse_qs(urllib.parse.urlsplit(sent.headers["Location"]).query)["code"][0]
first = json.load(post("/oauth2/token", grant_type="authorization_code", client_id=client, code=code, redirect_uri=back))
asked = pools.initiate_auth(
    ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "mei", "PASSWORD": "Long-enough-1"}
)["AuthenticationResult"]
seen = groups(first), refreshed(first["refresh_token"]), refreshed(asked["RefreshToken"])
print("managed login: signed in %s, refreshed %s; InitiateAuth, refreshed at the same endpoint: %s" % seen)
assert seen == (["agent"], None, ["agent"]), "MiniStack has changed"
PY
