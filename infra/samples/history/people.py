"""The customers of the history: invented people with a language, who come back more or less often."""

import random
from typing import Any, NamedTuple

from infra.samples.history.words import Words

REGULARS = 12
"""So many customers write often, and have bought often; one in six cases is theirs."""
SHARE_OF_REGULARS = 1 / 6
CUSTOMERS_PER_CASE = 0.8
SHARE_OF_CHINESE = 0.66


class Customer(NamedTuple):
    """Somebody who buys here."""

    number: int
    name: str
    language: str

    @property
    def external_id(self) -> str:
        """Their id in the shop."""
        return f"history-c{self.number:05d}"

    @property
    def is_regular(self) -> bool:
        """Whether they have bought often."""
        return self.number < REGULARS

    def body(self) -> dict[str, Any]:
        """The customer as webhooks name them. Not everybody left a phone number."""
        phone = (
            {"phone": f"+86 138 0000 {self.number:04d}"} if self.language == "zh-CN" and self.number % 3 == 0 else {}
        )
        mailbox = f"{self.external_id}@example.net"
        return {
            "external_id": self.external_id,
            "name": self.name,
            "email": mailbox,
            "language": self.language,
            **phone,
        }


def customer_of_case(words: Words, chance: random.Random, cases: int) -> Customer:
    """Who writes: one of the regulars, or any other customer."""
    if chance.random() < SHARE_OF_REGULARS:
        return customer(words, chance.randrange(REGULARS))
    return customer(words, REGULARS + chance.randrange(max(1, int(cases * CUSTOMERS_PER_CASE))))


def customer(words: Words, number: int) -> Customer:
    """The customer with that number, always the same."""
    chance = random.Random(f"customer {number}")  # noqa: S311 - the same people each time, nothing secret
    is_chinese = chance.random() < SHARE_OF_CHINESE
    names = words.names["zh" if is_chinese else "en"]
    family, given = chance.choice(names["family"]), chance.choice(names["given"])
    if is_chinese:
        return Customer(number, f"{family}{given}", "zh-CN")
    return Customer(number, f"{given} {family}", chance.choice(("en", "en", "en-GB")))
