"""Just enough of DynamoDB and KMS, in memory, on a free port of the loopback address, which it prints."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = dict[str, Any]
Answer = dict[str, Any]
KEY = base64.b64encode(bytes(range(32))).decode()
"""The one data key of this KMS, wrapped as itself."""


class Store:
    """Items by their table and keys. Conditions always hold, so each case must have a name of its own."""

    def __init__(self) -> None:
        self.partitions: dict[tuple[str, str], dict[str, Item]] = {}

    def answer(self, operation: str, asked: Answer) -> Answer:
        """What AWS would say. KeyError names an operation it does not know."""
        return {
            "GetItem": self._get,
            "PutItem": self._put,
            "TransactWriteItems": self._transact,
            "BatchGetItem": self._batch,
            "Query": self._query,
            "GenerateDataKey": self._data_key,
            "Decrypt": self._data_key,
        }[operation](asked)

    def _data_key(self, _: Answer) -> Answer:
        """One key, wrapped as itself."""
        return {"KeyId": "bench", "CiphertextBlob": KEY, "Plaintext": KEY}

    def _get(self, asked: Answer) -> Answer:
        found = self._find(asked["TableName"], asked["Key"])
        return {"Item": found} if found else {}

    def _find(self, table: str, key: Item) -> Item | None:
        return self.partitions.get((table, key["pk"]["S"]), {}).get(key["sk"]["S"])

    def _put(self, asked: Answer) -> Answer:
        item = asked["Item"]
        self.partitions.setdefault((asked["TableName"], item["pk"]["S"]), {})[item["sk"]["S"]] = item
        return {}

    def _transact(self, asked: Answer) -> Answer:
        for write in asked["TransactItems"]:
            self._put(write["Put"])
        return {}

    def _batch(self, asked: Answer) -> Answer:
        answers = {}
        for table, wanted in asked["RequestItems"].items():
            found = (self._find(table, key) for key in wanted["Keys"])
            answers[table] = [item for item in found if item]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _query(self, asked: Answer) -> Answer:
        """Of a whole partition; ranges are not looked at."""
        (wanted,) = (one["S"] for one in asked["ExpressionAttributeValues"].values())
        found = list(self.partitions.get((asked["TableName"], wanted), {}).values())
        return {"Items": found, "Count": len(found)}


class Handler(BaseHTTPRequestHandler):
    """AWS's JSON over HTTP/1.1 with connections that stay open."""

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
