"""Uploaded files in memory."""

from chalicelib.usecases.ports.files import Upload


class FakeUploads:
    """Files by their keys."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def sign_form(self, key: str, max_bytes: int, return_url: str) -> Upload:
        return Upload("https://bucket.example.com/", {"key": key, "success_action_redirect": return_url})

    def read(self, key: str, max_bytes: int) -> bytes | None:
        data = self.files.get(key)
        return None if data is None else data[:max_bytes]

    def save(self, key: str, data: bytes, media_type: str) -> None:
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

    def sign_link(self, key: str) -> str:
        return f"https://bucket.example.com/{key}?signed"
