"""botocore's data with nothing but what a client of DynamoDB needs to put and get an item."""

import gzip
import json
from pathlib import Path
from typing import Any

OPERATIONS = ("PutItem", "GetItem")
GENERAL = ("partitions.json", "sdk-default-configuration.json", "_retry.json")
VERSION = Path("dynamodb") / "2012-08-10"
Json = dict[str, Any]


def trim(data: Path, out: Path) -> None:
    """Write the data that is needed of botocore's `data` to `out`."""
    (out / VERSION).mkdir(parents=True)
    model = _without_documentation(_read(data / VERSION / "service-2.json.gz"))
    model["operations"] = {name: model["operations"][name] for name in OPERATIONS}
    used = _used(model)
    model["shapes"] = {name: shape for name, shape in model["shapes"].items() if name in used}
    rules = "endpoint-rule-set-1.json"
    endpoints = json.loads((data / "endpoints.json").read_text("utf-8"))
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name == "dynamodb"}
    files = {VERSION / "service-2.json": model, VERSION / rules: _read(data / VERSION / f"{rules}.gz")}
    files |= {Path(name): json.loads((data / name).read_text("utf-8")) for name in GENERAL}
    for path, content in (files | {Path("endpoints.json"): endpoints}).items():
        (out / path).write_text(json.dumps(_without_documentation(content)), "utf-8")


def _read(path: Path) -> Json:
    content: Json = json.loads(gzip.decompress(path.read_bytes()))
    return content


def _used(model: Json) -> set[str]:
    """The shapes that the operations lead to."""
    shapes: set[str] = set()
    waiting = [_shapes_in(operation) for operation in model["operations"].values()]
    while waiting:
        new = waiting.pop() - shapes
        shapes |= new
        waiting += [_shapes_in(model["shapes"][name]) for name in new]
    return shapes


def _shapes_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_shapes_in, value))
    if not isinstance(value, dict):
        return set()
    own = {value["shape"]} if isinstance(value.get("shape"), str) else set()
    return own.union(*map(_shapes_in, value.values()))


def _without_documentation(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_documentation(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_documentation(each) for name, each in value.items() if name != "documentation"}
