"""The Cognito authorizer of API Gateway. Packaging replaces the placeholder by the ARN of the stack's user pool."""

from chalice.app import CognitoUserPoolAuthorizer

STAFF = CognitoUserPoolAuthorizer(
    "Staff",
    header="Authorization",
    provider_arns=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_staff"],
)
