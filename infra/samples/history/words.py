"""The words of the history (`examples/history.yaml`), and how they are put together."""

import random
from functools import cache
from typing import Any, NamedTuple

import yaml

from infra.paths import ROOT

Scenes = dict[str, list[list[str]]]
Said = dict[str, dict[str, list[str]]]


class Product(NamedTuple):
    """Something that is sold, in the order of its columns in the file."""

    sku: str
    family: str
    title: str
    price: str
    weight: int

    def name(self, language: str) -> str:
        """The title in one language: the file has it in Chinese, a space, and English."""
        chinese, _, english = self.title.partition(" ")
        if chinese.startswith("帆布"):
            chinese, english = "帆布便鞋", "canvas slip-ons"
        return chinese if language.startswith("zh") else english[:1].lower() + english[1:]


class Words(NamedTuple):
    """What the file holds."""

    products: list[Product]
    names: dict[str, dict[str, list[str]]]
    cities: dict[str, list[str]]
    openers: dict[str, list[str]]
    closers: dict[str, list[str]]
    scenes: Scenes
    batch: dict[str, Any]
    replies: Said
    asks: dict[str, list[str]]
    endings: dict[str, list[str]]
    comments: dict[str, dict[int, list[str]]]

    def product(self, sku: str) -> Product:
        """The product with that SKU."""
        return next(product for product in self.products if product.sku == sku)

    def scene(self, kind: str, product: Product, language: str, batch: bool, chance: random.Random) -> tuple[str, str]:
        """A subject, and what the customer writes about the product, with gaps to be filled in."""
        scenes = (self.batch if batch else self.scenes)[kind]
        fitting = [scene for scene in scenes if scene[0] in ("any", product.family)]
        _, *texts = chance.choice(fitting or scenes)
        subject, message = texts[:2] if language.startswith("zh") else texts[2:]
        return subject, message


@cache
def read_words() -> Words:
    """The words of the file."""
    file = yaml.safe_load((ROOT / "examples" / "history.yaml").read_text("utf-8"))
    file["products"] = [Product(*row) for row in file["products"]]
    return Words(**file)


def short(language: str) -> str:
    """`zh` or `en`, the languages the file has."""
    return "zh" if language.startswith("zh") else "en"
