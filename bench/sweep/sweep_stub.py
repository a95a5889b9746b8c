"""A stub of DynamoDB and SQS for the sweeper: one minute full of timers, and queues that take every message. Each call
takes ten milliseconds. It prints its port of the loopback address."""

import sys
import time
from http.server import ThreadingHTTPServer
from typing import Any

from bench.support.stub import Handler

CALL_SECONDS = 0.010
"""How long each call takes, in seconds."""
MAX_BYTES = 1024 * 1024
"""The most that one query reads, as in DynamoDB."""
ITEM_BYTES = 70
"""The size of a timer's item: names, keys and the time to live."""
Body = dict[str, Any]


class SweepStore:
    """Answers queries of timers and requests to send, and counts what was sent."""

    def __init__(self, timers: int, shards: int) -> None:
        self.timers, self.shards = timers, shards
        self.sent = self.calls = 0

    def answer(self, operation: str, params: Body) -> Body:
        """The answer of AWS to a call, after its time."""
        time.sleep(CALL_SECONDS)
        self.calls += 1
        if operation == "Query":
            return self._query(params)
        if operation == "SendMessageBatch":
            self.sent += len(params["Entries"])
            done = [{"Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "0"} for entry in params["Entries"]]
            return {"Successful": done, "Failed": []}
        return {"Sent": self.sent, "Calls": self.calls} if operation == "Counts" else {}

    def _query(self, params: Body) -> Body:
        """A page of the timers of a partition `DUE#minute#shard`."""
        partition = params["ExpressionAttributeValues"][":p"]["S"]
        _, minute, shard = partition.split("#")
        start = int(params["ExclusiveStartKey"]["sk"]["S"].rpartition("#")[2]) if "ExclusiveStartKey" in params else -1
        numbers = range(start + self.shards if start >= 0 else int(shard), self.timers, self.shards)
        page = numbers[: min(params.get("Limit", self.timers), MAX_BYTES // ITEM_BYTES)]
        items = [
            {"pk": {"S": partition}, "sk": {"S": f"{int(minute) * 60_000:013d}#clock#{number:016d}"}, "ttl": {"N": "1"}}
            for number in page
        ]
        more = {"LastEvaluatedKey": {"pk": items[-1]["pk"], "sk": items[-1]["sk"]}} if len(page) < len(numbers) else {}
        return {"Items": items, "Count": len(items), **more}


class SweepHandler(Handler):
    """AWS's JSON protocol; the store is set when the stub starts."""

    store: Any = None


def main(timers: int, shards: int) -> None:
    """Serve until the process is ended."""
    SweepHandler.store = SweepStore(timers, shards)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SweepHandler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
