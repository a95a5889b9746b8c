"""Compose the functions' IAM policies from shared statements (`policies/*.yaml`) and write them for Chalice to read."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.paths import ROOT

SOURCE = ROOT / "infra" / "deploy" / "policies"
Statement = dict[str, Any]
Entry = str | dict[str, Statement]
"""A statement's name, alone or with what the function adds to it."""


@cache
def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((SOURCE / name).read_text("utf-8"))
    return document


def shared_statements() -> dict[str, Statement]:
    """The statements that policies are composed of, by name."""
    return _read("statements.yaml")


def functions() -> list[str]:
    """The functions that have a policy, as `.chalice/config.json` names their files."""
    return list(_read("functions.yaml")["functions"])


def policy(function: str) -> dict[str, Any]:
    """The policy document of a function."""
    document = _read("functions.yaml")
    entries: list[Entry] = [*document["functions"][function], *document["every"]]
    return {"Version": "2012-10-17", "Statement": [_statement(entry, function) for entry in entries]}


def write_policies(folder: Path) -> None:
    """Write each function's policy to `FOLDER/FUNCTION.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for function in functions():
        (folder / f"{function}.json").write_text(json.dumps(policy(function), indent=1), "utf-8")


def _statement(entry: Entry, function: str) -> Statement:
    name, additions = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
    statement = {"Sid": name, "Effect": "Allow", **shared_statements()[name], **additions}
    resources = statement["Resource"]
    many = isinstance(resources, list)
    statement["Resource"] = [_arn(each, function) for each in resources] if many else _arn(resources, function)
    return statement


def _arn(resource: str, function: str) -> str | dict[str, Any]:
    """The ARN that CloudFormation makes of a resource as `statements.yaml` writes it."""
    resource = resource.replace("{Function}", function.capitalize()).replace("{function}", function)
    if re.fullmatch(r"\w+", resource):
        return {"Fn::GetAtt": [resource, "Arn"]}
    if re.fullmatch(r"\w+\.\w+", resource):
        return {"Fn::GetAtt": resource.split(".")}
    if below := re.fullmatch(r"(\w+)(/.+)", resource):
        return {"Fn::Sub": f"${{{below[1]}.Arn}}{below[2]}"}
    if named := re.fullmatch(r"([a-z-]+):(.+)", resource):
        return {"Fn::Sub": f"arn:${{AWS::Partition}}:{named[1]}:${{AWS::Region}}:${{AWS::AccountId}}:{named[2]}"}
    return resource
