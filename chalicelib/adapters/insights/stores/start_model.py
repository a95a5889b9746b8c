"""The model with which every shop starts: trained on the messages that are shipped (`python -m infra.learn.start_model`
writes it), so that a new shop's cases are typed by more than rules."""

from functools import cache
from importlib.resources import files

FILE = "start_model.bin"


@cache
def start_model() -> bytes:
    """The stored model."""
    return files("chalicelib.adapters.insights.stores").joinpath(FILE).read_bytes()
