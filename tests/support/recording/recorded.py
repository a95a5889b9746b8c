"""A recorded table: all that a version stored, written to a file, restored into an empty cloud, and read.

A recording is gzipped JSON lines: `{"table": …, "item": …}` with DynamoDB's own types and bytes in base64,
`{"parameter": …, "value": …}` for the secrets of its invented shops, `{"bucket": …, "key": …, "body": …}` for files.
Encrypted fields can be decrypted because `tests.support.moto.cloud` has the same master key in every process."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.domain.cases.codecs import json_of
from tests.support.moto.cloud import ENVIRONMENT, EVIDENCE, TABLES, Json, client
from tests.support.moto.stack import MotoStack
from tests.support.paths import ROOT

FOLDER = ROOT / "tests" / "fixtures" / "recorded"
TABLE, VIEWS = FOLDER / "table-2026-11.jsonl.gz", FOLDER / "views-2026-11.json.gz"
RECORDED_AT = 1_795_680_000
"""Thursday 26 November 2026, four in the afternoon in Shanghai: the instant at which the table was written and read."""
LONGEST_PAGE = 100
BATCH = 25
SOME = ("0", "5", "A", "F", "K", "P")
"""The last characters of ids that are picked as samples of many similar objects."""


def write(file: Path, text: str) -> None:
    """Write a text, gzipped, with the same bytes each time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read(file: Path) -> str:
    """Read a text that was written."""
    return gzip.decompress(file.read_bytes()).decode()


def everything() -> Iterator[Json]:
    """Everything that is stored in the cloud now, in order."""
    for table in TABLES:
        pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
        items = [item for page in pages for item in page["Items"]]
        for item in sorted(items, key=lambda one: (one["pk"]["S"], one["sk"]["S"])):
            yield {"table": table, "item": packed(item)}
    path = ENVIRONMENT["PARAMETERS"]
    pages = client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=path, Recursive=True, WithDecryption=True):
        for one in page["Parameters"]:
            yield {"parameter": one["Name"], "value": one["Value"]}
    for one in client("s3").list_objects_v2(Bucket=EVIDENCE).get("Contents", []):
        body = client("s3").get_object(Bucket=EVIDENCE, Key=one["Key"])["Body"].read()
        yield {"bucket": EVIDENCE, "key": one["Key"], "body": base64.b64encode(body).decode()}


def as_lines(lines: Iterator[Json]) -> str:
    """The text of a recording."""
    return "".join(f"{json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n" for one in lines)


def restore(text: str) -> None:
    """Put a recording into the cloud."""
    waiting: dict[str, list[Json]] = {table: [] for table in TABLES}
    for line in text.splitlines():
        entry = json.loads(line)
        if "table" in entry:
            waiting[entry["table"]].append({"PutRequest": {"Item": unpacked(entry["item"])}})
        elif "parameter" in entry:
            client("ssm").put_parameter(Name=entry["parameter"], Value=entry["value"], Type="SecureString")
        else:
            body = base64.b64decode(entry["body"])
            client("s3").put_object(Bucket=entry["bucket"], Key=entry["key"], Body=body)
    for table, writes in waiting.items():
        for start in range(0, len(writes), BATCH):
            client("dynamodb").batch_write_item(RequestItems={table: writes[start : start + BATCH]})


def packed(value: Any) -> Any:
    """DynamoDB's own JSON, with bytes as base64."""
    if isinstance(value, dict):
        return {key: packed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [packed(one) for one in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def unpacked(value: Any) -> Any:
    """The same with its bytes as bytes."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: base64.b64decode(one) if key == "B" else unpacked(one) for key, one in value.items()}


def items(text: str, table: str) -> Iterator[Json]:
    """The items of one table in a recording."""
    for line in text.splitlines():
        entry = json.loads(line)
        if entry.get("table") == table:
            yield entry["item"]


def views(stack: MotoStack, text: str) -> dict[str, Any]:
    """What the API shows of a recording: path → status and body. Reading notes who read, so the order is always one."""
    admin = stack.token("admin", name="reader")
    found: dict[str, Any] = {}
    for path in paths(text):
        after: str | None = ""
        while after is not None:
            whole = path + (f"{'&' if '?' in path else '?'}limit={LONGEST_PAGE}{after}" if _is_paged(path) else "")
            answer = stack.ask("GET", whole, token=admin)
            found[whole] = {"status": answer.status, "body": answer.body}
            following = answer.body.get("next") if _is_paged(path) and answer.status == 200 else None
            after = f"&next={following}" if following else None
    return found


def _is_paged(path: str) -> bool:
    pages = ("/v1/cases?", "/v1/tasks", "/v1/metrics/satisfaction", "/v1/metrics/after-sales", "/v1/metrics/settlement")
    return path.startswith(pages) or path.endswith(("/events", "/orders", "/deliveries", "/accesses", "?day"))


def paths(text: str) -> Iterator[str]:
    """The paths of all objects in a recording, from the keys of its items."""
    stored = list(items(text, "care"))
    for item in stored:
        yield from _paths_of(item)
    for item in stored:
        if item["pk"]["S"] == "SHOPS":
            yield from _paths_of_shop(item["sk"]["S"], stored)


def _paths_of(item: Json) -> Iterator[str]:
    """The paths of an item: each case, receipts that were not simply processed, samples of the rest."""
    kind, key = item["pk"]["S"].partition("#")[0], item["sk"]["S"]
    identifier = item.get("id", {}).get("S", "")
    if kind == "CASE" and key == "C" and "state" in item:
        ((kind_of_value, value),) = item["state"].items()
        case = json.loads(json_of(base64.b64decode(value) if kind_of_value == "B" else value))
        yield from (f"/v1/cases/{case['id']}", f"/v1/cases/{case['id']}/events")
        if case.get("flow"):
            yield f"/v1/cases/{case['id']}/why"
    elif kind == "CUSTOMER" and key == "C" and identifier.endswith(SOME):
        yield from (f"/v1/customers/{identifier}{rest}" for rest in ("", "/orders", "/events"))
    elif kind == "RECEIPT" and (item["state"]["S"] != "processed" or identifier.endswith(SOME)):
        yield f"/v1/receipts/{identifier}"
    elif kind == "OUT" and identifier.endswith(SOME):
        yield f"/v1/deliveries/{identifier}"


def _paths_of_shop(shop: str, stored: list[Json]) -> Iterator[str]:
    path, days = f"/v1/shops/{shop}", "from=2026-11-20&to=2026-11-26"
    yield from (path, f"{path}/agents", f"{path}/endpoints", f"/v1/cases?shop={shop}", f"{path}/sources/shopify")
    for item in stored:
        if item["pk"]["S"] == f"SHOP#{shop}":
            name, _, rest = item["sk"]["S"].partition("#")
            if name == "P":
                yield f"{path}/policy?version={int(rest)}"
            elif name == "K":
                yield f"{path}/calendars/{rest.partition('#')[0]}"
        elif item["pk"]["S"] == f"ROSTER#{shop}":
            yield f"/v1/queue?shop={shop}&agent={item['sk']['S']}"
    yield from (
        f"/v1/tasks?shop={shop}&department={one}" for one in ("quality", "logistics", "finance", "tech", "after_sales")
    )
    for name in ("satisfaction", "after-sales", "settlement"):
        yield f"/v1/metrics/{name}?shop={shop}&{days}"
    for name in ("channel", "type", "assignee", "sku"):
        yield f"/v1/metrics/satisfaction?shop={shop}&{days}&dimension={name}"
    yield f"/v1/metrics/agents?shop={shop}&{days}"
