"""Index the words of every case anew, and collect its feedback.

python -m infra.search_index [--shop SHOP] [--stage dev|prod]

An operator's tool: for cases from before they could be found by words or were feedback, after words were switched on
or off for a shop, and after messages of the queue of search were lost. It may be run at any time and as often as
wanted. Local without a stage.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from infra.local.stack import find
from infra.operate.audit import CLEARED_AFTER, SEGMENTS, THREADS, use_stack, use_stage
from infra.progress import bar


class Indexed:
    """How many cases, words and pieces of feedback were indexed so far, by all threads."""

    def __init__(self) -> None:
        self.cases = self.words = self.feedback = 0
        self._lock = Lock()

    def add(self, words: int, feedback: int) -> None:
        """Count a case that is found by so many words and has so much feedback."""
        with self._lock:
            self.cases += 1
            self.words += words
            self.feedback += feedback


def index(shop: str | None) -> Indexed:
    """Index all cases of a shop, or of all shops, on the table the environment names."""
    from chalicelib.adapters.aws.clients import client

    for service in ("dynamodb", "kms"):
        client(service)  # made here, so that not each of the threads makes one
    indexed = Indexed()
    with bar() as progress, ThreadPoolExecutor(THREADS) as pool:
        task = progress.add_task("Indexing cases", total=SEGMENTS)

        def index_part(segment: int) -> None:
            _index_segment(shop, segment, indexed)
            progress.update(task, advance=1, description=f"Indexing cases ({indexed.cases:,})")

        list(pool.map(index_part, range(SEGMENTS)))
    print(f"{indexed.cases} cases indexed, which are found by {indexed.words} words")
    print(f"{indexed.feedback} pieces of feedback in them")
    return indexed


def _index_segment(shop: str | None, segment: int, indexed: Indexed) -> None:
    """Index a part of the cases, with services of its own, whose caches are cleared again and again."""
    from chalicelib.bootstrap import AwsServices
    from chalicelib.usecases.feedback.collect_feedback import collect_case
    from chalicelib.usecases.search.index_case import rebuild_words

    services = AwsServices()
    for number, stored in enumerate(services.cases.everything(shop, segment, SEGMENTS), 1):
        if stored.case is not None:
            indexed.add(rebuild_words(services, stored.case), collect_case(services, stored.case))
        if number % CLEARED_AFTER == 0:
            services.begin()


def main(arguments: list[str]) -> int:
    """Point the application at the stack, and index."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.search_index", description="Index all cases, and collect their feedback."
    )
    parser.add_argument("--shop")
    parser.add_argument("--stage", choices=["dev", "prod"])
    options = parser.parse_args(arguments)
    if options.stage is None:
        use_stack(find())
    else:
        use_stage(options.stage)
    index(options.shop)
    return 0
