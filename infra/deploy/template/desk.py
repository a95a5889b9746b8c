"""What the agents' desk needs of the template beyond `resources/desk.yaml`: addresses that contain the API's own."""

import json
from typing import Any

from infra.deploy.template.components import Resources, ref


def api_url() -> dict[str, Any]:
    """The API's base URL, on AWS or in the local cloud."""
    local = {"Fn::Sub": "${LocalEndpoint}/restapis/${RestAPI}/api/_user_request_"}
    public = {"Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    return {"Fn::If": ["IsLocal", local, public]}


def desk() -> Resources:
    """The addresses to which the managed login sends browsers back, and the parameter that the desk reads."""
    return {
        "DeskClient": {
            "Properties": {"CallbackURLs": [_desk_url("/callback")], "LogoutURLs": [_desk_url("/signed-out")]}
        },
        "DeskConfiguration": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": {"Fn::Sub": "/aftercare/${AWS::StackName}/desk"},
                "Type": "String",
                "Value": {"Fn::Sub": [json.dumps(_CONFIGURATION), _VALUES]},
            },
        },
    }


def _desk_url(path: str) -> dict[str, Any]:
    return {"Fn::Sub": [f"${{Api}}/desk{path}", {"Api": api_url()}]}


_LOGIN = "https://${StaffDomain}.auth.${AWS::Region}.amazoncognito.com"
_CONFIGURATION = {"client": "${Client}", "login": "${Login}", "api": "${Api}", "issuer": "${Issuer}"}
_VALUES: dict[str, Any] = {
    "Client": ref("DeskClient"),
    "Login": {"Fn::If": ["IsLocal", ref("LocalEndpoint"), {"Fn::Sub": _LOGIN}]},
    "Api": api_url(),
    "Issuer": {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${StaffPool}"},
}
