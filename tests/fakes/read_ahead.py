"""Reading ahead, which in memory does nothing."""

from chalicelib.usecases.ports.read_ahead import Wanted


class FakeReadAhead:
    """Remembers what was to be read together."""

    def __init__(self) -> None:
        self.wanted: list[Wanted] = []

    def read(self, wanted: Wanted) -> None:
        self.wanted.append(wanted)
