"""The functions' policies are composed of shared statements; the result equals what was packaged before."""

import json
from pathlib import Path

import pytest

from infra.deploy.template.iam_policies import functions, policy, shared_statements, write_policies
from infra.paths import POLICIES
from tests.support.paths import ROOT
from tests.support.rights.rights import roots

PACKAGED = json.loads((ROOT / "tests" / "fixtures" / "policies" / "packaged.json").read_text("utf-8"))
"""Each function's statements as they were when every function had a policy file of its own, one statement a line. Who
changes a right changes its line here too: the diff then shows every function that the change reaches."""


def test_the_functions_with_a_policy_are_those_of_the_application() -> None:
    assert sorted(functions()) == sorted(PACKAGED) == sorted(roots())


@pytest.mark.parametrize("function", PACKAGED)
def test_a_composed_policy_equals_the_policy_that_was_packaged_before(function: str) -> None:
    assert policy(function) == {"Version": "2012-10-17", "Statement": PACKAGED[function]}


def test_every_shared_statement_is_used() -> None:
    used = {statement["Sid"] for function in functions() for statement in policy(function)["Statement"]}
    assert used == set(shared_statements())


def test_chalice_is_told_where_packaging_writes_the_policies(tmp_path: Path) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    files = {ROOT / ".chalice" / each["iam_policy_file"] for each in config["lambda_functions"].values()}
    assert {file.resolve() for file in files} == {POLICIES / f"{function}.json" for function in functions()}
    write_policies(tmp_path)
    assert json.loads((tmp_path / "api.json").read_text("utf-8")) == policy("api")
