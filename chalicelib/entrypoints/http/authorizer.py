"""API Gateway's own Cognito authorizer. The pool's ARN is put in its place by `infra/package.py`."""

from chalice.app import CognitoUserPoolAuthorizer

STAFF = CognitoUserPoolAuthorizer(
    "Staff",
    header="Authorization",
    provider_arns=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_staff"],
)
