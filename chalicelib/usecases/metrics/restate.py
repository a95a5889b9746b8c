"""Store the records of a day, and find whether they restate what was computed before."""

import hashlib

from chalicelib.domain.cases.case import DEFINITION
from chalicelib.domain.kernel.timestamps import Day, format_instant
from chalicelib.usecases.metrics.nightly_job import NightlyJob, Run
from chalicelib.usecases.ports.metrics import ComputedDay, MetricStore, Record


def mark_all_for_restatement(store: MetricStore, shop: str) -> int:
    """Have all days of a shop computed again when the definition of the metrics has changed, once; how many days."""
    if store.definition(shop) >= DEFINITION:
        return 0
    days = list(store.computed_days(shop))
    for day in days:
        store.mark(shop, day, f"definition#{DEFINITION}")
    store.save_definition(shop, DEFINITION)
    return len(days)


def save_records(
    job: NightlyJob, run: Run, records: list[Record], day: Day, previous: ComputedDay | None
) -> tuple[list[Record], bool]:
    """Store the records of a day; the stored ones, and whether they restate what was computed before."""
    inputs = _digest(job, day)
    changed = previous is not None and (previous.inputs != inputs or previous.definition != DEFINITION)
    origin = {
        "definition": DEFINITION,
        "restated": (previous.restated if previous else 0) + changed,
        "computed_at": format_instant(run.now),
        "inputs": inputs,
    }
    stored = [{"shop": run.shop.id, **record, **origin} for record in records]
    job.store.replace_records(run.shop.id, day, stored, previous.names if previous else ())
    return stored, changed


def _digest(job: NightlyJob, day: Day) -> str:
    """The digest of a day's rows as a JSON array, in the order of the measures' registry. It shows whether they are the
    same as before."""
    digest = hashlib.sha256()
    before = b"["
    for measure in job.services.registries.measures:
        for row in job.rows.encoded(measure, day):
            digest.update(before + row)
            before = b","
    digest.update(b"]" if before == b"," else b"[]")
    return digest.hexdigest()
