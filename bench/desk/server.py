"""What the pages of the desk take of the server. The handler is called in this process with the data of the local
stack, so that its own CPU is counted, and not that of the local cloud."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from statistics import median
from time import process_time
from typing import Any, NamedTuple, TextIO
from unittest.mock import patch

from bench.support.cloud import SHOP_BODY
from infra.local.stack import Stack
from infra.samples.history.bulk import cases, fill
from infra.samples.history.filling import environment_of
from infra.samples.sample_day import ZONE

WHOLE, LATER_MS = 100, 30 * 86_400_000
"""The cases of a shop that are whole, and how long after them the promises of the others break."""
WARM = 3
"""The first rounds, which load modules and open connections, and do not count."""
NOWHERE = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - see `_silent`
LISTED_BY = ("sk", "desk_key", "due", "about", "status_key", "listed")


class Cost(NamedTuple):
    """What a page took: CPU in milliseconds, calls to DynamoDB, and the bytes of its text."""

    cpu: float
    calls: int
    size: int


def open_shop(stack: Stack, shop: str, count: int) -> None:
    """A shop with so many open cases. A hundred are whole; of the others, whose promises break later and which stand on
    no page therefore, only what lists them is stored."""
    assert stack.request("PUT", f"/v1/shops/{shop}", SHOP_BODY, stack.token("admin")).status == 200
    os.environ.update(environment_of(stack))
    from chalicelib.bootstrap import services

    with _silent():
        for case in cases(datetime.now(ZONE), WHOLE, WHOLE):
            list(fill(services(), shop, case))
            services().begin()
    _copy(shop, count - WHOLE)


def _copy(shop: str, count: int) -> None:
    from chalicelib.adapters.aws import keys
    from chalicelib.bootstrap import services
    from chalicelib.domain.kernel.ids import key_of, key_of_id

    table, later, copies = services().table, services().now() + LATER_MS, []
    whole = [table.get(keys.case(key_of_id(each)), "C") or {} for each in cases_of(shop)]
    for place in range(count):
        item, key = whole[place % len(whole)], key_of("copy", shop, str(place))
        listed = {name: item[name] for name in LISTED_BY if name in item}
        copies.append(listed | {"pk": keys.case(key), "due": keys.desk_sort(later + place * 1000, key)})
    table.write_many(copies)


def cases_of(shop: str) -> list[str]:
    """The ids of the first fifty cases in the queue."""
    from chalicelib.bootstrap import services
    from chalicelib.usecases.desk.list_view import list_view

    return [row.id for row in list_view(services(), shop, "bench", "all", 50).rows]


class Server:
    """The desk's handler in this process, and somebody who is signed in to these shops."""

    def __init__(self, *shops: str) -> None:
        from tests.support.desk.visitor import Visitor

        groups = ("supervisor", *(f"shop:{shop}" for shop in shops))
        self.visitor = Visitor.signed_in("bench", groups)

    def ask(self, path: str) -> Cost:
        """Open a page; what it took. SystemExit when it is not shown."""
        with _counted() as calls, _silent():
            began = process_time()
            answer = self.visitor.get(path)
            used = process_time() - began
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        return Cost(used * 1000, calls.total(), len(answer.text.encode()))

    def least(self, rounds: int, path: str) -> Cost:
        """What a page takes: the least CPU of its rounds, because what disturbs a process only ever adds to it."""
        return min([self.ask(path) for _ in range(rounds + WARM)][WARM:])

    def growth(self, rounds: int, few: str, many: str) -> tuple[float, float]:
        """How much more a page takes than another one: CPU and calls. They take turns; of CPU it is the median of what
        two of them took that follow each other."""
        pairs = [(self.ask(few), self.ask(many)) for _ in range(rounds + WARM)][WARM:]
        calls = max(full.calls for _, full in pairs) / max(part.calls for part, _ in pairs)
        return median(full.cpu / part.cpu for part, full in pairs), calls


def _silent() -> redirect_stdout[TextIO]:
    """Log lines go nowhere. The logger keeps the file that it met first, so that one is never closed."""
    return redirect_stdout(NOWHERE)


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """The requests that our client sends, by operation."""
    from chalicelib.adapters.aws.transport.client import Client

    calls: Counter[str] = Counter()
    send = Client._attempt

    def counting(self: Any, operation: str, *rest: Any) -> Any:
        calls[operation] += 1
        return send(self, operation, *rest)

    with patch.object(Client, "_attempt", counting):
        yield calls
