"""What learning needs of the outside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Gives texts in any of its languages vectors that are near for near meanings."""

    name: str
    """Which encoder in which version: vectors of two are not comparable."""

    def encode(self, texts: Sequence[str]) -> "NDArray[float32]":
        """A row of length one for each text."""
        ...


class QuestionEncoder(Encoder, Protocol):
    """An encoder that brings questions near to what answers them."""

    def encode_questions(self, texts: Sequence[str]) -> "NDArray[float32]":
        """A row of length one for each question."""
        ...
