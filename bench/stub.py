"""Just enough of DynamoDB, in memory, on a free port of the loopback address, which it prints."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = dict[str, Any]
Answer = dict[str, Any]


class Store:
    """Items by their keys. Conditions always hold, so each case must have a name of its own."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}

    def answer(self, operation: str, asked: Answer) -> Answer:
        """What DynamoDB would say. KeyError names an operation it does not know."""
        return {
            "GetItem": self._get,
            "PutItem": self._put,
            "TransactWriteItems": self._transact,
            "BatchGetItem": self._batch,
        }[operation](asked)

    def _get(self, asked: Answer) -> Answer:
        found = self.items.get(_key(asked["Key"]))
        return {"Item": found} if found else {}

    def _put(self, asked: Answer) -> Answer:
        self.items[_key(asked["Item"])] = asked["Item"]
        return {}

    def _transact(self, asked: Answer) -> Answer:
        for write in asked["TransactItems"]:
            self._put(write["Put"])
        return {}

    def _batch(self, asked: Answer) -> Answer:
        answers = {}
        for table, wanted in asked["RequestItems"].items():
            answers[table] = [self.items[_key(key)] for key in wanted["Keys"] if _key(key) in self.items]
        return {"Responses": answers, "UnprocessedKeys": {}}


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


class Handler(BaseHTTPRequestHandler):
    """DynamoDB's JSON over HTTP/1.1 with connections that stay open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store = Store()

    def do_POST(self) -> None:
        """Answer one call."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps(self.store.answer(self.headers["x-amz-target"].rpartition(".")[2], asked)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
