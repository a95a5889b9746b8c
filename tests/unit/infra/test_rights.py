"""Each function's policy gives what its code needs, and no more. The local cloud enforces most of it, but only where a
story passes; what it does not look at (with what keys begin, see docs/decisions/0018) is held here alone."""

import ast
from collections.abc import Iterable

import pytest

from tests.support.rights.reach import Class, Function, find, modules
from tests.support.rights.rights import Given, consumers, covers, given, needs, roots

USUAL = ("OwnLogs", "Traces")
NOT_BY_CODE = {
    ("relay", "Stream"): "Lambda reads the stream for it",
    ("relay", "Queues", "RelayDeadLetters"): "Lambda puts there what the relay could not pass on",
}
"""Rights that our code does not use, and what uses them."""
TAKES = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
FOLDERS = {
    "api": {
        "s3:PutObject": {"uploads"},
        "s3:GetObject": {"evidence", "mails", "exports", "reports"},
        "s3:DeleteObject": {"evidence", "uploads", "exports", "letters", "mails"},
    },
    "intake": {
        "s3:PutObject": {"uploads", "mails"},
        "s3:GetObject": {"letters"},
        "s3:DeleteObject": {"evidence", "uploads", "exports", "letters", "mails"},
    },
    "evidence": {"s3:PutObject": {"evidence"}, "s3:GetObject": {"uploads"}, "s3:DeleteObject": {"uploads"}},
    "mail": {"s3:PutObject": {"letters"}, "s3:GetObject": {"incoming"}, "s3:DeleteObject": {"incoming"}},
    "notices": {"s3:PutObject": {"exports"}},
    "nights": {"s3:PutObject": {"facts", "flow_facts", "reports"}},
    "insights": {"s3:PutObject": {"reports"}},
}
"""The folders each function touches: the api signs forms and links and erases; intake copies emails to their
case and erases; the others store what they make."""
FUNCTIONS = sorted(roots())


def of_code(function: str) -> list[Given]:
    """The rights that a policy gives to the function's own code."""
    rights = [right for right in given(function) if right.sid not in USUAL and right.action not in TAKES]
    return [
        right for right in rights if not {(function, right.sid), (function, right.sid, right.on)} & NOT_BY_CODE.keys()
    ]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_every_right_its_code_needs(function: str) -> None:
    missing = [need for need in needs(function) if not any(covers(right, need) for right in of_code(function))]
    assert missing == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_no_right_its_code_does_not_need(function: str) -> None:
    needed = needs(function)
    assert [right for right in of_code(function) if not any(covers(right, need) for need in needed)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_may_be_removed_is_named_by_what_its_key_begins_with_exactly(function: str) -> None:
    for action in ("dynamodb:DeleteItem", "dynamodb:BatchWriteItem"):
        limited = [right for right in of_code(function) if right.action == action and right.begins]
        if limited:
            expected = {
                f"{need.begins}*" for need in needs(function) if need.action == action and need.on == "CareTable"
            }
            assert {begin for right in limited for begin in right.begins} == expected


def test_the_one_function_that_everybody_reaches_may_remove_only_what_is_named() -> None:
    for right in of_code("api"):
        assert right.begins or right.action not in ("dynamodb:DeleteItem", "dynamodb:BatchWriteItem")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_a_queue_invokes_takes_from_that_queue_and_from_no_other(function: str) -> None:
    own = {right.on for right in given(function) if right.action in TAKES}
    assert own == ({f"{function.capitalize()}Queue"} if function in consumers() else set())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_touches_the_folders_it_works_in(function: str) -> None:
    folders: dict[str, set[str]] = {}
    for right in of_code(function):
        if right.action.startswith("s3:") and right.action != "s3:ListBucket":
            assert right.on.endswith("/*")
            folders.setdefault(right.action, set()).add(right.on.split("/")[1])
    assert folders == FOLDERS.get(function, {})


def test_every_index_of_the_table_is_read_by_somebody_and_each_reading_is_seen() -> None:
    read = {need.on for function in FUNCTIONS for need in needs(function) if "/" in need.on and "Table" in need.on}
    assert read == {f"CareTable/by_{name}" for name in ("status", "assignee", "customer", "day", "desk")}
    assert "CareTable/by_status" in {need.on for need in needs("routing")}


def test_whatever_is_asked_of_the_services_is_followed_to_its_adapter() -> None:
    for module in modules().values():
        for function in _functions(module.names.values()):
            for asked in (node for node in ast.walk(function.node) if isinstance(node, ast.Attribute)):
                base = asked.value
                if isinstance(base, ast.Attribute) and ast.unparse(base.value) in ("services", "services()"):
                    if base.attr == "registries":
                        continue  # tables of functions
                    assert function.meaning(asked) is not None, f"{function.name}: {ast.unparse(asked)}"


def _functions(names: Iterable[object]) -> list[Function]:
    functions = [each for each in names if isinstance(each, Function)]
    classes = [each for each in names if isinstance(each, Class)]
    return functions + [method for each in classes for method in each.methods.values()]


def test_a_right_that_is_taken_away_is_missed() -> None:
    rights = [right for right in of_code("routing") if right.on != "CareTable/by_status"]
    missing = [need for need in needs("routing") if not any(covers(right, need) for right in rights)]
    assert [(need.action, need.on) for need in missing] == [("dynamodb:Query", "CareTable/by_status")]
    assert isinstance(find("chalicelib.usecases.ports.services.Services"), Class)
