"""A stub of DynamoDB and S3 for the nightly job of one shop: a table in memory that is read from a file, with its
lists by day and by customer, pages and batches. It prints its port of the loopback address; `GET /` gives the calls
since the last `GET /`."""

import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from bench.support import prices

Item = dict[str, Any]
Body = dict[str, Any]
PAGE_BYTES = 1_000_000
"""DynamoDB ends a page of a query after one megabyte."""
INDEXES = {"by_day": ("day_key", "pk"), "by_customer": ("customer_key", "listed")}
"""The keys of the indexes that the job reads."""
OF_CUSTOMERS = ("CUSTOMER#", "STAND#", "TOUCH#")
"""The partitions of customers' segments, and of what they are computed from."""


class NightlyStore:
    """The items by partition, the lists of the indexes, and what was asked. Conditions are not checked, and an item
    that is listed stays as it is."""

    def __init__(self, file: Path) -> None:
        self.partitions: dict[str, dict[str, Item]] = {}
        self.lists: dict[tuple[str, str], list[Item]] = {}
        self.calls: Counter[str] = Counter()
        with file.open("rb") as lines:
            for line in lines:
                self._put(msgspec.json.decode(line))
        for (index, _), listed in self.lists.items():
            sort_key = INDEXES[index][1]
            listed.sort(key=lambda item: (item[sort_key]["S"], item["pk"]["S"], item["sk"]["S"]))

    def answer(self, operation: str, params: Body) -> Body:
        """The answer to a call. KeyError: the operation is not in the stub."""
        return {
            "GetItem": self._get,
            "PutItem": lambda params: self._put(params["Item"]),
            "UpdateItem": self._update,
            "DeleteItem": lambda params: self._delete(params["Key"]),
            "BatchGetItem": self._batch_get,
            "BatchWriteItem": self._batch_write,
            "Query": self._query,
        }[operation](params)

    def _find(self, key: Item) -> Item | None:
        return self.partitions.get(key["pk"]["S"], {}).get(key["sk"]["S"])

    def _get(self, params: Body) -> Body:
        self.calls["items read"] += 1
        item = self._find(params["Key"])
        return {"Item": item} if item else {}

    def _update(self, params: Body) -> Body:
        self._count_write(params["Key"])
        return {"Attributes": self._find(params["Key"]) or params["Key"]}

    def _count_write(self, item: Item) -> None:
        of_customers = item["pk"]["S"].startswith(OF_CUSTOMERS)
        self.calls["items of customers written" if of_customers else "items written"] += 1
        if not of_customers:
            self.calls["units written"] += prices.write_units(None, item, transaction=False)

    def _put(self, item: Item) -> Body:
        self._count_write(item)
        self.partitions.setdefault(item["pk"]["S"], {})[item["sk"]["S"]] = item
        for index, names in INDEXES.items():
            if names[0] in item:
                entry = {name: item[name] for name in ("pk", "sk", *names)}
                self.lists.setdefault((index, item[names[0]]["S"]), []).append(entry)
        return {}

    def _delete(self, key: Item) -> Body:
        self._count_write(key)
        self.partitions.get(key["pk"]["S"], {}).pop(key["sk"]["S"], None)
        return {}

    def _batch_get(self, params: Body) -> Body:
        answers = {}
        for table, wanted in params["RequestItems"].items():
            found = (self._find(key) for key in wanted["Keys"])
            answers[table] = [_projected(item, wanted) for item in found if item]
            self.calls["items read"] += len(wanted["Keys"])
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _batch_write(self, params: Body) -> Body:
        for requests in params["RequestItems"].values():
            for request in requests:
                if "PutRequest" in request:
                    self._put(request["PutRequest"]["Item"])
                else:
                    self._delete(request["DeleteRequest"]["Key"])
        return {"UnprocessedItems": {}}

    def _query(self, params: Body) -> Body:
        values = params["ExpressionAttributeValues"]
        partition = values[":p"]["S"]
        if "IndexName" in params:
            items = self.lists.get((params["IndexName"], partition), [])
        else:
            found = self.partitions.get(partition, {})
            sorts = sorted(found)
            if ":a" in values:
                sorts = sorts[bisect_left(sorts, values[":a"]["S"]) : bisect_right(sorts, values[":z"]["S"])]
            items = [found[sort] for sort in sorts]
        answer = _page(items if params.get("ScanIndexForward", True) else items[::-1], params)
        self.calls["items read"] += answer["Count"]
        return answer


def _projected(item: Item, params: Body) -> Item:
    """The attributes that a request names; all if it names none."""
    if "ProjectionExpression" not in params:
        return item
    names = params["ExpressionAttributeNames"]
    wanted = [names[name.strip()] for name in params["ProjectionExpression"].split(",")]
    return {name: item[name] for name in wanted if name in item}


def _page(items: list[Item], params: Body) -> Body:
    start = int(params.get("ExclusiveStartKey", {"n": {"N": "0"}})["n"]["N"])
    size, end = 0, start
    last = min(len(items), start + params.get("Limit", len(items)))
    while end < last and size < PAGE_BYTES:
        size += len(msgspec.json.encode(items[end]))
        end += 1
    page = [_projected(item, params) for item in items[start:end]]
    return {"Items": page, "Count": len(page)} | ({"LastEvaluatedKey": {"n": {"N": str(end)}}} if end < last else {})


class Handler(BaseHTTPRequestHandler):
    """AWS's JSON protocol and the upload of files, over HTTP/1.1 with persistent connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store: NightlyStore
    lock = Lock()

    def do_POST(self) -> None:
        """Answer a call to DynamoDB."""
        params = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])))
        operation = self.headers["x-amz-target"].rpartition(".")[2]
        with self.lock:
            self.store.calls[operation] += 1
            answer = msgspec.json.encode(self.store.answer(operation, params))
        self._send(answer, "Content-Type: application/x-amz-json-1.0\r\n")

    def do_PUT(self) -> None:
        """Take a file, and keep nothing of it."""
        if self.headers.get("expect"):
            self.send_response_only(100)
            self.end_headers()
        if "chunked" in (self.headers.get("transfer-encoding") or ""):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                self.rfile.read(size + 2)
            while self.rfile.readline().strip():
                pass
        else:
            self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.lock:
            self.store.calls["PutObject"] += 1
        self._send(b"", 'ETag: "x"\r\n')

    def do_GET(self) -> None:
        """The calls since the last time."""
        with self.lock:
            body = msgspec.json.encode(self.store.calls)
            self.store.calls.clear()
        self._send(body, "Content-Type: application/json\r\n")

    def _send(self, body: bytes, headers: str) -> None:
        self.wfile.write(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    Handler.store = NightlyStore(Path(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
