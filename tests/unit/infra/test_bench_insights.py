"""The bench of understanding runs with few items."""

from bench.insights.inputs import made_inputs
from bench.insights.nightly import measured
from bench.insights.typing_costs import PIECES, large_model
from chalicelib.domain.triage.shop_model import HASH_BYTES, read_model
from tests.fakes.insights import PieceEncoder


def test_the_libraries_take_a_part_of_the_findings() -> None:
    spent = measured(made_inputs(150), PieceEncoder())
    assert spent["topics"] > 1
    assert {"encode", "KMeans.fit", "TfidfVectorizer.fit_transform", "dense products"} <= spent.keys()
    assert 0 < spent["without encoder"] < spent["libraries"] < spent["cpu"]


def test_items_are_the_same_every_time_and_mostly_differ() -> None:
    inputs = made_inputs(300)
    assert inputs == made_inputs(300)
    assert len({said.item.text for said in inputs.said}) > 200


def test_the_large_model_has_as_many_pieces_as_a_shops_can_have() -> None:
    model = read_model(large_model())
    assert model is not None
    assert len(model.stored.hashes) == PIECES * HASH_BYTES
