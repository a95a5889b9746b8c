"""A server with as much of DynamoDB and KMS as the benches need, in memory. It prints its port of the loopback
address."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = dict[str, Any]
Body = dict[str, Any]
KEY = base64.b64encode(bytes(range(32))).decode()
"""The one data key of this KMS. Its encrypted form is the key itself."""


class Store:
    """Items by table and keys. Conditions are not checked, so each case must have an id of its own."""

    def __init__(self) -> None:
        self.partitions: dict[tuple[str, str], dict[str, Item]] = {}

    def answer(self, operation: str, params: Body) -> Body:
        """The answer of AWS to a call. KeyError: the operation is not in the stub."""
        return {
            "GetItem": self._get,
            "PutItem": self._put,
            "TransactWriteItems": self._transact,
            "BatchGetItem": self._batch,
            "BatchWriteItem": self._write_batch,
            "Query": self._query,
            "GenerateDataKey": self._data_key,
            "Decrypt": self._data_key,
        }[operation](params)

    def _data_key(self, _: Body) -> Body:
        """A data key, the same for every call."""
        return {"KeyId": "bench", "CiphertextBlob": KEY, "Plaintext": KEY}

    def _get(self, params: Body) -> Body:
        item = self._find(params["TableName"], params["Key"])
        return {"Item": item} if item else {}

    def _find(self, table: str, key: Item) -> Item | None:
        return self.partitions.get((table, key["pk"]["S"]), {}).get(key["sk"]["S"])

    def _put(self, params: Body) -> Body:
        item = params["Item"]
        self.partitions.setdefault((params["TableName"], item["pk"]["S"]), {})[item["sk"]["S"]] = item
        return {}

    def _transact(self, params: Body) -> Body:
        for write in params["TransactItems"]:
            self._put(write["Put"])
        return {}

    def _write_batch(self, params: Body) -> Body:
        for table, requests in params["RequestItems"].items():
            for request in requests:
                self._put({"TableName": table, "Item": request["PutRequest"]["Item"]})
        return {"UnprocessedItems": {}}

    def _batch(self, params: Body) -> Body:
        answers = {}
        for table, wanted in params["RequestItems"].items():
            items = (self._find(table, key) for key in wanted["Keys"])
            answers[table] = [item for item in items if item]
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _query(self, params: Body) -> Body:
        """The items of a partition of the table, between two sort keys if the call names them."""
        values = {name: value["S"] for name, value in params["ExpressionAttributeValues"].items()}
        partition = self.partitions.get((params["TableName"], values[":p"]), {})
        first, last = values.get(":a", ""), values.get(":z", "\U0010ffff")
        items = [partition[sort] for sort in sorted(partition) if first <= sort <= last]
        return {"Items": items, "Count": len(items)}


class Handler(BaseHTTPRequestHandler):
    """AWS's JSON protocol over HTTP/1.1 with persistent connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store = Store()

    def do_POST(self) -> None:
        """Answer one call."""
        params = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps(self.store.answer(self.headers["x-amz-target"].rpartition(".")[2], params)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
