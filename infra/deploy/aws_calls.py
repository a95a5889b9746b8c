"""Which operations of AWS the code calls, read from its syntax.

Code gets a client by `client("service")` and by nothing else, and calls it there or under a local name. So every
operation stands in the code. `Underivable` names the place of a use that does not say its operation; it stops the
build, because a package without the operation's data would fail on AWS only.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAKER = "client"
CLIENTS = "chalicelib.adapters.aws.clients"
"""The module of `client`. Its package alone may make clients."""
NAMING = ("get_paginator", "generate_presigned_url")
"""The methods of a client whose first argument is the name of an operation."""
STANDING_FOR = {"generate_presigned_post": "create_bucket"}
"""The methods of a client that read the model of an operation which they do not name: a form's address is made as that
of CreateBucket is (botocore.signers)."""
NO_OPERATION = "exceptions"
Parents = dict[ast.AST, ast.AST]
"""Each node of a syntax tree and the one it is part of."""


class Call(NamedTuple):
    """A use of an operation. `operation`: in the form of a method, as `get_item`. `helper`: the method by which it is
    used, if it is not called itself. `place`: file and line."""

    service: str
    operation: str
    place: str
    helper: str | None = None


class Underivable(SystemExit):
    """A use of a client that does not say which operation it is, or an operation that the service does not have."""


def calls_below(folder: Path) -> list[Call]:
    """The calls of all modules below a folder. Underivable."""
    found: list[Call] = []
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text("utf-8")
        if MAKER in source:  # most modules cannot have a client, and reading their syntax would take seconds
            tree, file = ast.parse(source), path.relative_to(folder.parent).as_posix()
            _check_makers(tree, file)
            found += calls_in(tree, file)
    return found


def calls_in(tree: ast.AST, file: str) -> Iterator[Call]:
    """The calls in a module or function of that file. Underivable."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for made in ast.walk(tree):
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id == MAKER:
            service = _text(made.args[0] if made.args else None, file, made)
            uses = _uses(made, parents, file)
            yield from (_call(service, use, parents, file) for use in uses if use.attr != NO_OPERATION)


def _check_makers(tree: ast.AST, file: str) -> None:
    """Underivable: clients are got under another name than `client`, or made by another module."""
    is_maker = file.startswith(CLIENTS.rpartition(".")[0].replace(".", "/"))
    for node in ast.walk(tree):
        names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = node.module if isinstance(node, ast.ImportFrom) else None
        whole = any(CLIENTS in (name.name, f"{module}.{name.name}") for name in names)
        renamed = module == CLIENTS and any(name.name == MAKER and name.asname for name in names)
        makes = isinstance(node, ast.Attribute) and node.attr == "create_client" and not is_maker
        if whole or renamed or makes:
            raise Underivable(f'{_place(file, node)}: a client is got by `{MAKER}("service")` alone')


def _uses(made: ast.Call, parents: Parents, file: str) -> list[ast.Attribute]:
    """Where attributes of a client are read: there, or of the local name that it is kept under. Underivable."""
    parent = parents.get(made)
    if isinstance(parent, ast.Attribute):
        return [parent]
    if isinstance(parent, ast.Expr):
        return []  # made ahead of its use
    name = _kept_as(made, parents)
    if name is None:
        raise Underivable(f"{_place(file, made)}: a client is passed on, so its operations are not to be seen")
    nodes = (node for node in ast.walk(_scope(made, parents)) if isinstance(node, ast.Name) and node.id == name)
    uses = [parents[node] for node in nodes if isinstance(node.ctx, ast.Load)]
    for use in uses:
        if not isinstance(use, ast.Attribute):
            raise Underivable(f"{_place(file, use)}: `{name}` is passed on, so its operations are not to be seen")
    return [use for use in uses if isinstance(use, ast.Attribute)]


def _kept_as(made: ast.Call, parents: Parents) -> str | None:
    """The local name of `name = client(…)`, also where several names get their values at once."""
    assigned = parents.get(made)
    if isinstance(assigned, ast.Tuple):
        assigned = parents.get(assigned)
    if not isinstance(assigned, ast.Assign) or len(assigned.targets) != 1:
        return None
    target, value = assigned.targets[0], assigned.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        target = target.elts[value.elts.index(made)]
    return target.id if isinstance(target, ast.Name) else None


def _scope(node: ast.AST, parents: Parents) -> ast.AST:
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef):
            return node
    return node


def _call(service: str, use: ast.Attribute, parents: Parents, file: str) -> Call:
    place, parent = _place(file, use), parents.get(use)
    if use.attr in STANDING_FOR:
        return Call(service, STANDING_FOR[use.attr], place, use.attr)
    if use.attr in NAMING:
        given = parent.args[0] if isinstance(parent, ast.Call) and parent.args else None
        return Call(service, _text(given, file, use), place, use.attr)
    return Call(service, use.attr, place)


def _text(value: ast.expr | None, file: str, near: ast.AST) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    raise Underivable(f"{_place(file, near)}: the name of a service or of an operation is not written here")


def _place(file: str, node: ast.AST) -> str:
    return f"{file}:{getattr(node, 'lineno', 0)}"
