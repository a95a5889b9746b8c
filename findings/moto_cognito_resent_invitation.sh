#!/usr/bin/env bash
# moto 5.2.5, Cognito: an invitation that is sent again locks out somebody who has set a password; AWS refuses it.
#
# AdminCreateUser with MessageAction=RESEND is for users who were invited and have not signed in. For all others AWS
# answers UnsupportedUserStateException and changes nothing (API reference, AdminCreateUser, "Errors"). Moto takes it for
# a confirmed user and puts them back to FORCE_CHANGE_PASSWORD. So the refusal, which a page must turn into a sentence,
# cannot be met in a test on moto, and a test that sends twice by mistake finds users who seem to lose their passwords.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check "moto[cognitoidp]==5.2.5" boto3==1.44.5
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
"$place/venv/bin/python" - <<'PY'
import boto3
from moto import mock_aws

with mock_aws():
    client = boto3.client("cognito-idp")
    pool = client.create_user_pool(PoolName="staff")["UserPool"]["Id"]
    who = {"UserPoolId": pool, "Username": "mei"}
    client.admin_create_user(**who, UserAttributes=[{"Name": "email", "Value": "mei@example.com"}])
    client.admin_set_user_password(**who, Password="Long-enough-1", Permanent=True)
    before = client.admin_get_user(**who)["UserStatus"]
    client.admin_create_user(**who, MessageAction="RESEND")
    after = client.admin_get_user(**who)["UserStatus"]
print(f"before: {before}; after the invitation was sent again: {after}; AWS: refused, still {before}")
assert (before, after) == ("CONFIRMED", "FORCE_CHANGE_PASSWORD"), "moto has changed"
PY
