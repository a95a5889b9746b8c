"""Uploaded files in memory."""

from chalicelib.usecases import ports


class FakeUploads:
    """Files by their keys."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def form(self, key: str, most: int, back: str) -> ports.Upload:
        return ports.Upload("https://bucket.example.com/", {"key": key, "success_action_redirect": back})

    def read(self, key: str, most: int) -> bytes | None:
        data = self.files.get(key)
        return None if data is None else data[:most]

    def keep(self, key: str, data: bytes, kind: str) -> None:
        self.files[key] = data

    def move(self, key: str, to: str) -> None:
        if key in self.files:
            self.files[to] = self.files.pop(key)

    def remove(self, key: str) -> None:
        self.files.pop(key, None)

    def remove_below(self, prefix: str) -> int:
        removed = [key for key in self.files if key.startswith(prefix)]
        for key in removed:
            del self.files[key]
        return len(removed)

    def link(self, key: str) -> str:
        return f"https://bucket.example.com/{key}?signed"
