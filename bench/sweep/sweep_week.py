"""A simulated week of ten million timers of a thousand shops, swept by the real use case. The clock is simulated.

A quarter of the timers are one shop's. Of each shop, three in ten are due at 10:00:00 of its day, as the promises of
what was opened overnight are; the others, evenly from nine to six. All were set more than 15 minutes ahead, so the
sweeper sends each of them.

Assumed: 10 ms a call. DynamoDB reads at most 3,000 units a second from a partition, a unit for each 4 KiB
(docs.aws.amazon.com/amazondynamodb, "Best practices for designing and using partition keys effectively" and "Read and
write operations"). SQS takes at most 10 messages a request and delays them by 900 seconds at most; a standard queue has
no limit of requests a second (docs.aws.amazon.com/AWSSimpleQueueService, "Amazon SQS message quotas").
"""

from collections import defaultdict
from math import ceil

from bench.sweep.sweep_stub import CALL_SECONDS, ITEM_BYTES
from chalicelib.adapters.aws.keys import SHARDS
from chalicelib.adapters.aws.queues import BATCH
from chalicelib.adapters.timers.timer_table import PAGE
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from chalicelib.usecases.timers.dispatch_due_timers import INTERVAL_MS, dispatch_due_timers

START: Instant = 1_795_132_800_000
"""A midnight in UTC, in milliseconds since 1970."""
TIMERS, SHOPS, DAYS, HOT_SHARE, OVERNIGHT_SHARE = 10_000_000, 1_000, 7, 0.25, 0.3
OPENS, HOURS, OVERNIGHT = 9, 9, 10
"""When shops open, for how many hours, and when promises to who wrote overnight are due, in hours of the day."""
QUARTER_MS = 15 * MINUTE_MS
PARTITION_UNITS = 3_000
HOUR_S = 3_600


def timers_by_second() -> dict[Instant, int]:
    """How many timers are due in each second of the week, by its instant."""
    due: dict[Instant, int] = defaultdict(int)
    rates: dict[Instant, float] = defaultdict(float)
    for zone in range(24):
        shops = sum(shop % 24 == zone for shop in range(1, SHOPS))
        timers = TIMERS * (1 - HOT_SHARE) / (SHOPS - 1) * shops + (TIMERS * HOT_SHARE if zone == 0 else 0)
        for day in range(DAYS):
            midnight = START + day * DAY_MS + zone * HOUR_MS
            due[midnight + OVERNIGHT * HOUR_MS] += round(timers / DAYS * OVERNIGHT_SHARE)
            for hour in range(OPENS, OPENS + HOURS):
                rates[midnight + hour * HOUR_MS] += timers / DAYS * (1 - OVERNIGHT_SHARE) / HOURS
    for hour, timers in rates.items():
        for second in range(HOUR_S):
            due[hour + second * SECOND_MS] += round(timers * (second + 1) / HOUR_S) - round(timers * second / HOUR_S)
    return due


class SimulatedTimers:
    """A `TimerStore` that notes how late each timer is delivered. `threads`: how many calls send at the same time.
    `fixed_delays`: delays are counted from the start of the run, as they were before, not from each sending."""

    def __init__(self, due: dict[Instant, int], threads: int, fixed_delays: bool) -> None:
        self.due, self.threads, self.fixed_delays = due, threads, fixed_delays
        self.time = self.began = START - INTERVAL_MS
        self.swept: Instant | None = None
        self.late: dict[Instant, dict[float, int]] = defaultdict(lambda: defaultdict(int))
        self.requests = self.runs = self.most = 0
        self.read_units = self.seconds = 0.0

    def swept_to(self) -> Instant | None:
        """Where the last run ended."""
        return self.swept

    def note_swept(self, to: Instant) -> None:
        """Save where this run is, which takes a call."""
        self.swept = to
        self._pass(CALL_SECONDS)

    def hand_over(self, start: Instant, end: Instant) -> int:
        """Send the timers of a minute: its partitions are read, and batches are sent, at the same time."""
        counts = [self.due.get(second, 0) for second in range(start, end, SECOND_MS)]
        timers = sum(counts)
        units = max(1, ceil(timers / SHARDS * ITEM_BYTES / 4096))
        pages, batches = max(1, ceil(timers / SHARDS / PAGE)), ceil(timers / BATCH)
        reading = max(pages * CALL_SECONDS, units / PARTITION_UNITS)
        sending = max(reading, ceil(batches / self.threads) * CALL_SECONDS) + CALL_SECONDS
        self._note_lateness(start, counts, sending)
        self._pass(sending)
        self.requests += batches
        self.read_units += units * SHARDS
        self.most = max(self.most, timers)
        return timers

    def _note_lateness(self, start: Instant, counts: list[int], sending: float) -> None:
        """The timers of a second are as late as the last of them, in seconds. They are sent in the order they are
        due."""
        sent, total = 0, max(1, sum(counts))
        for second, count in enumerate(counts):
            if count == 0:
                continue
            sent += count
            sent_at = self.time + sending * SECOND_MS * sent / total
            due_at = start + second * SECOND_MS
            late = sent_at - self.began if self.fixed_delays and due_at > self.began else sent_at - due_at
            self.late[due_at // QUARTER_MS][max(0.0, late / SECOND_MS)] += count

    def _pass(self, seconds: float) -> None:
        self.time += round(seconds * SECOND_MS)
        self.seconds += seconds

    def run_week(self) -> None:
        """Sweep every five minutes, until all timers of the week were sent."""
        end = max(self.due) + MINUTE_MS
        while self.swept is None or self.swept < end:
            self.began = self.time = max(self.time, self.began + INTERVAL_MS)
            dispatch_due_timers(self, lambda: self.time)
            self.runs += 1

    def lateness(self, share: float) -> list[float]:
        """For each quarter hour with timers, how late this share of them is at most, in seconds."""
        return [_at(late, share) for _, late in sorted(self.late.items()) if sum(late.values())]


def _at(late: dict[float, int], share: float) -> float:
    left = share * sum(late.values())
    for seconds, count in sorted(late.items()):
        left -= count
        if left <= 0:
            return seconds
    return max(late)
