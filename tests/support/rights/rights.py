"""Which rights each function needs, from what its code reaches, and which its policy gives."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from chalicelib.entrypoints.http.desk.table import PAGES
from infra.deploy.aws_calls import STANDING_FOR, calls_in
from infra.deploy.template.iam_policies import policy
from tests.support.rights.reach import Class, Function, closure, modules

TABLE, VAULT = "chalicelib.adapters.aws.dynamo.Table", "chalicelib.adapters.aws.encryption.key_store.Vault"
FIND = "chalicelib.adapters.cases.case_lists.CaseLists.find"
OPEN_CASES = "chalicelib.adapters.cases.case_lists.CaseLists.open_cases"
BUCKETS = {
    "chalicelib.adapters.aftersales.evidence_bucket": "EvidenceBucket",
    "chalicelib.adapters.metrics.data_lake": "LakeBucket",
}
WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
"""The members of a transaction, by what each needs."""
OPERATIONS = {
    "s3:generate_presigned_post": ("s3:PutObject",),
    "s3:list_objects_v2": ("s3:ListBucket",),
    "ssm:get_parameter": (),
    "ssm:put_parameter": (),
    "s3:copy_object": ("s3:GetObject", "s3:PutObject", "s3:ListBucket"),
    "s3:get_object": ("s3:GetObject", "s3:ListBucket"),
    "sesv2:send_email": ("ses:SendEmail",),
    "sesv2:get_email_identity": ("ses:GetEmailIdentity",),
    "sqs:send_message_batch": ("sqs:SendMessage",),
    "dynamodb:transact_write_items": (),
    "apigatewaymanagementapi:post_to_connection": ("execute-api:ManageConnections",),
}
"""What a call needs whose right is not named like it: a transaction needs what its writes do, a signed link what it
lets others do, and who reads a file that may be gone must be allowed to list: without that S3 says 403 and not 404.
Parameters: see `_of_parameters`."""
PARAMETERS = {"_read": "ssm:GetParameter", "_create": "ssm:PutParameter", "_save": "ssm:PutParameter"}


class Need(NamedTuple):
    """A right: an action, on a resource. `begins`: with what the keys begin that it is needed for, if that is known."""

    action: str
    on: str
    begins: str | None = None


@cache
def roots() -> dict[str, list[Function]]:
    """By its policy's name, what each function runs: its handler, and for the API every route."""
    app = modules()["app"]
    found: dict[str, list[Function]] = {"api": []}
    for one in app.names.values():
        if isinstance(one, Function):
            named = [_named(each) for each in one.node.decorator_list if isinstance(each, ast.Call)]
            for name in filter(None, named):
                found[name] = [one]
    shared = [
        one for one in app.names.values() if isinstance(one, Function) and one.name in ("app.observe", "app.finish")
    ]
    for name, module in modules().items():
        if name.startswith("chalicelib.entrypoints.http."):
            found["api"] += [one for one in module.names.values() if isinstance(one, Function) and _is_route(one)]
    found["api"] += _views_of_the_desk()
    return {name: [*handlers, *shared] for name, handlers in found.items()}


def _views_of_the_desk() -> list[Function]:
    """The functions behind the desk's one route, which are imported by the names in its table."""
    names = [page.view.split(":") for page in PAGES]
    views = [modules()[f"chalicelib.entrypoints.http.desk.{module}"].names[function] for module, function in names]
    assert all(isinstance(view, Function) for view in views)
    return [view for view in views if isinstance(view, Function)]


def _named(decorator: ast.Call) -> str | None:
    name = next((one.value for one in decorator.keywords if one.arg == "name"), None)
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _is_route(one: Function) -> bool:
    calls = (each.func for each in one.node.decorator_list if isinstance(each, ast.Call))
    return any(isinstance(each, ast.Attribute) and each.attr == "route" for each in calls)


@cache
def consumers() -> set[str]:
    """The functions that a queue invokes."""
    app = modules()["app"]
    return {
        name
        for one in app.names.values()
        if isinstance(one, Function)
        for each in one.node.decorator_list
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "on_sqs_message"
        if (name := _named(each))
    }


@cache
def needs(function: str) -> frozenset[Need]:
    """The rights the code of a function needs."""
    found: set[Need] = set()
    for one in closure(roots()[function]).values():
        if one.owner is None or one.owner.name != TABLE:
            found.update(_of_table(one))
            found.update(_of_clients(one))
            found.update(_of_parameters(one))
    return frozenset(found)


def _of_parameters(one: Function) -> Iterator[Need]:
    """What is read and written of the parameter store, by the names that stand in the code."""
    if one.module.name != "chalicelib.adapters.aws.secrets":
        return
    called = {each.attr for each in ast.walk(one.node) if isinstance(each, ast.Attribute) and each.attr in PARAMETERS}
    for text in (each for each in ast.walk(one.node) if isinstance(each, ast.JoinedStr)):
        first, *rest = text.values
        if isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "self.prefix":
            name = "".join(str(each.value) if isinstance(each, ast.Constant) else "*" for each in rest)
            yield from (Need(PARAMETERS[each], f"ssm{name}") for each in called)


def _of_table(one: Function) -> Iterator[Need]:
    for call in (each for each in ast.walk(one.node) if isinstance(each, ast.Call)):
        called = one.meaning(call.func)
        if not isinstance(called, Function):
            continue
        yield from (Need("dynamodb:Query", f"CareTable/{index}") for index in _lists(called, call))
        if called.owner is not None and called.owner.name == TABLE:
            on = "KeysTable" if one.owner is not None and one.owner.name == VAULT else "CareTable"
            index = next((each.value for each in call.keywords if each.arg == "index"), None)
            if isinstance(index, ast.Constant):
                on = f"{on}/{index.value!s}"
            elif index is not None:
                continue  # `find` and `open_cases` name theirs by what they are asked for: see above
            for action in actions(called.node.name):
                yield from (Need(f"dynamodb:{action}", on, begins) for begins in _begins(one, call, action))


def _lists(called: Function, call: ast.Call) -> set[str]:
    """The indexes that a call of `find` or `open_cases` reads; `find` by what it names, customer before assignee before
    status. None for other calls."""
    if called.name == OPEN_CASES:
        return {"by_status"}
    if called.name != FIND:
        return set()
    given = dict(zip(("shop", "status", "assignee", "customer"), call.args, strict=False))
    customer, assignee = (not _is_none(given.get(name)) for name in ("customer", "assignee"))
    if customer and not isinstance(given["customer"], ast.Name):
        return {"by_customer"}
    if customer and _is_none(given.get("assignee")) and _is_none(given.get("status")):
        return {"by_customer"}
    return {"by_status", *(["by_customer"] if customer else []), *(["by_assignee"] if assignee else [])}


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


@cache
def actions(method: str) -> tuple[str, ...]:
    """What a method of the table needs."""
    table = modules()["chalicelib.adapters.aws.dynamo"].names["Table"]
    assert isinstance(table, Class)
    found = table.methods[method].node
    called = {call.operation for call in calls_in(found, TABLE)}
    named = {"".join(part.capitalize() for part in one.split("_")) for one in called} - {"TransactWriteItems"}
    parts = {one.value for one in ast.walk(found) if isinstance(one, ast.Constant) and one.value in WRITES}
    if not called:
        named |= {WRITES[str(one)] for one in parts}
    return tuple(sorted(named))


def _of_clients(one: Function) -> Iterator[Need]:
    """What a function asks of other services, by what it calls on their clients."""
    for call in calls_in(one.node, one.module.name):
        name = call.helper if call.helper in STANDING_FOR else call.operation
        usual = (f"{call.service}:{''.join(part.capitalize() for part in name.split('_'))}",)
        for action in OPERATIONS.get(f"{call.service}:{name}", usual):
            yield from (Need(action, on) for on in _resources(one, call.service))


def _resources(one: Function, service: str) -> list[str]:
    if service == "s3":
        return [BUCKETS[one.module.name]]
    return {
        "kms": ["MasterKey"],
        "cognito-idp": ["StaffPool"],
        "sesv2": ["ses"],
        "sqs": ["queues"],
        "apigatewaymanagementapi": ["sockets"],
    }[service]


def _begins(one: Function, call: ast.Call, action: str) -> list[str | None]:
    """With what the partition keys begin that a call removes, or writes in batches."""
    if action not in ("DeleteItem", "BatchWriteItem") or not (call.args or call.keywords):
        return [None]
    value = call.args[0] if call.args else call.keywords[0].value
    return [beginning(one, each) for each in _members(value)]


def _members(value: ast.expr) -> list[ast.expr]:
    """The values that stand in a list one by one, such as those of `[each for each in (first, second) if each]`; of any
    other value, itself."""
    if isinstance(value, ast.ListComp) and isinstance(value.generators[0].iter, ast.Tuple):
        return [each.value if isinstance(each, ast.Starred) else each for each in value.generators[0].iter.elts]
    return [value]


def beginning(one: Function, value: ast.expr) -> str:
    """The text that a key begins with, up to and with its first `#`; "" where it is not to be seen."""
    if isinstance(value, ast.ListComp):
        return beginning(one, value.elt)
    if isinstance(value, ast.IfExp):
        return beginning(one, value.body) or beginning(one, value.orelse)
    if isinstance(value, ast.Tuple):
        return beginning(one, value.elts[0])
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return next(
            (beginning(one, each) for key, each in pairs if isinstance(key, ast.Constant) and key.value == "pk"), ""
        )
    if isinstance(value, ast.Name):
        values = (each.value for each in ast.walk(one.node) if isinstance(each, ast.Assign) and _is_to(each, value.id))
        return next((beginning(one, each) for each in values), "")
    if isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        return str(value.values[0].value).partition("#")[0] + "#"
    if isinstance(value, ast.Call) and isinstance(called := one.meaning(value.func), Function):
        given = next(
            (each.value for each in ast.walk(called.node) if isinstance(each, ast.Return) and each.value), None
        )
        returned = beginning(called, given) if given is not None else ""
        return returned or next((beginning(one, each) for each in value.args if isinstance(each, ast.Dict)), "")
    return ""


def _is_to(assigned: ast.Assign, name: str) -> bool:
    return isinstance(assigned.targets[0], ast.Name) and assigned.targets[0].id == name


class Given(NamedTuple):
    """What a statement of a policy gives."""

    sid: str
    action: str
    on: str
    begins: tuple[str, ...] = ()


def given(function: str) -> list[Given]:
    """The rights a function's policy gives, one by one."""
    found = []
    for one in policy(function)["Statement"]:
        begins = one.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
        for action in _many(one["Action"]):
            found += [Given(one["Sid"], action, _resource(each), tuple(begins)) for each in _many(one["Resource"])]
    return found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(value: Any) -> str:
    """A resource by its short name: `CareTable`, `CareTable/by_day`, `EvidenceBucket/uploads/*`, `ssm`…"""
    if isinstance(value, str):
        return value
    if "Fn::GetAtt" in value:
        name, which = value["Fn::GetAtt"]
        return str(name) if which == "Arn" else f"{name}.{which}"
    text = str(value["Fn::Sub"])
    if text.startswith("${"):
        name, _, rest = text.removeprefix("${").partition(".Arn}")
        return name + rest.replace("/index/", "/")
    service = text.replace("::", "-").split(":")[2]
    return {
        "ssm": "ssm" + text.rpartition("${AWS::StackName}")[2],
        "ses": "ses",
        "logs": "logs",
        "execute-api": "sockets",
    }[service]


def covers(right: Given, need: Need) -> bool:
    """Whether a right that is given is one that is needed."""
    same = fnmatchcase(need.action, right.action)
    begins = not right.begins or need.begins is None or f"{need.begins}*" in right.begins
    named = fnmatchcase(need.on, right.on) or (need.on.startswith("ssm/") and fnmatchcase(right.on, need.on))
    queue = need.on == "queues" and right.on.endswith("Queue")
    below = need.on.endswith("Bucket") and right.on.partition("/")[0] == need.on
    return same and begins and (named or queue or below)
