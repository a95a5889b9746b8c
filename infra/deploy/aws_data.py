"""The data of botocore cut down to what the code calls: its models of AWS are 18 MiB, of which we need 0.3, and a cold
start reads what it finds."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader

from infra.deploy.aws_calls import Call, Underivable

SHARED = ("partitions", "_retry", "sdk-default-configuration")
"""What every client reads, besides `endpoints`."""
TEXTS = ("documentation", "documentationUrl", "smithy.api#documentation")
Model = dict[str, Any]


def trim_data(data: Path, calls: Iterable[Call], out: Path) -> None:
    """Write the data of these calls to `out`, from the whole data of botocore. Underivable: a service does not have
    an operation, or does not give it in pages."""
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    by_service: dict[str, list[Call]] = {}
    for call in calls:
        by_service.setdefault(call.service, []).append(call)
    prefixes = {_trim_service(loader, service, made, out) for service, made in sorted(by_service.items())}
    for name in SHARED:
        _write(out / f"{name}.json", _without_texts(loader.load_data(name)))
    endpoints = loader.load_data("endpoints")
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in prefixes}
    _write(out / "endpoints.json", endpoints)


def _trim_service(loader: Loader, service: str, calls: list[Call], out: Path) -> str:
    """Write what a service's calls need; returns the name of the service in the list of endpoints."""
    version = loader.determine_latest_version(service, "service-2")
    model = loader.load_service_model(service, "service-2", version)
    names = {xform_name(name): name for name in model["operations"]}
    for call in calls:
        if call.operation not in names:
            raise Underivable(f"{call.place}: `{call.operation}` is no operation of {service} in botocore's data")
    trimmed = _trim_model(model, {names[call.operation] for call in calls})
    folder = out / service / version
    _write(folder / "service-2.json", trimmed)
    rules = loader.load_service_model(service, "endpoint-rule-set-1", version)
    _write(folder / "endpoint-rule-set-1.json", _without_texts(rules))
    if paged := [call for call in calls if call.helper == "get_paginator"]:
        pages = loader.load_service_model(service, "paginators-1", version)["pagination"]
        _write(folder / "paginators-1.json", {"pagination": _pages(pages, names, paged)})
    return str(model["metadata"]["endpointPrefix"])


def _pages(pages: Model, names: dict[str, str], calls: list[Call]) -> Model:
    for call in calls:
        if names[call.operation] not in pages:
            raise Underivable(f"{call.place}: {call.service} does not give `{call.operation}` in pages")
    return {names[call.operation]: pages[names[call.operation]] for call in calls}


def _trim_model(model: Model, wanted: set[str]) -> Model:
    """A service's model with only these operations and the shapes they are made of, without its texts."""
    operations = {name: each for name, each in model["operations"].items() if name in wanted}
    shapes = {name: model["shapes"][name] for name in _shapes(model["shapes"], operations)}
    trimmed: Model = _without_texts({**model, "operations": operations, "shapes": dict(sorted(shapes.items()))})
    for parameter in trimmed.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore reads this one
    return trimmed


def _shapes(shapes: Model, operations: Model) -> set[str]:
    """The names of the shapes that are reached from operations: their inputs, outputs and errors, and theirs."""
    found: set[str] = set()
    waiting = list(_named(list(operations.values())))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(shapes[name])
    return found


def _named(value: Any) -> list[str]:
    """The shapes that a piece of a model names: the values of `shape`, however deep."""
    if isinstance(value, list):
        return [name for each in value for name in _named(each)]
    if not isinstance(value, dict):
        return []
    own = [value["shape"]] if isinstance(value.get("shape"), str) else []
    return own + [name for each in value.values() for name in _named(each)]


def _without_texts(value: Any) -> Any:
    """Data without documentation. A member of a shape may be called so, too, but is no text."""
    if isinstance(value, list):
        return [_without_texts(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: each for name, each in value.items() if name not in TEXTS or not isinstance(each, str)}
    return {name: _without_texts(each) for name, each in kept.items()}


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":"), ensure_ascii=False), "utf-8")
