"""What is written in the repository: its names, its variables and its sentences, each with its place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
TEXTS = {".md", ".yaml", ".yml", ".html", ".json", ".txt", ".sql", ".toml", ".in"}
PYTHON = ("chalicelib", "tests", "infra", "bench", "findings")
OTHERS = ("docs", "examples", "chalicelib", "tests", "infra", "bench")
TOKEN = re.compile(
    r"#[^\n]*"
    r"|[rRbBfFuU]{0,2}(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|\"(?:\\[\s\S]|[^\"\\\n])*\"|'(?:\\[\s\S]|[^'\\\n])*')"
    r"|(?P<name>[^\W\d]\w*)"
)
"""A comment, a string, or a name. Python's own tokenizer takes three times as long."""
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Place(Struct, frozen=True):
    """A name, a variable or a sentence, and where it stands."""

    path: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        """The place in the notation that editors open."""
        return f"{self.path}:{self.line}: {self.text.strip()[:120]}"

    @classmethod
    def all_of(cls, path: Path) -> Iterator["Place"]:
        """All places of a file; the names in its path are at line 0."""
        name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
        yield from (cls(name, 0, "name", part.partition(".")[0]) for part in Path(name).parts)
        parts = _of_python(text) if path.suffix == ".py" else _of_text(text)
        yield from (cls(name, line, kind, words) for line, kind, words in parts)


def words_of(text: str) -> str:
    """A text as lower-case words: identifiers are taken apart, and signs are left out."""
    return " ".join(re.split(r"[^a-z0-9]+", CAMEL.sub(" ", text).lower()))


def python_files(*folders: str) -> list[Path]:
    """The modules below some folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> list[Path]:
    """All files with words in them: modules, pages, templates, data, and files at the top of the repository."""
    others = [path for folder in OTHERS for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS]
    top = [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".py"} or path.name == "Makefile"]
    return sorted({*python_files(*PYTHON), *others, *top})


def _of_text(text: str) -> Iterator[tuple[int, str, str]]:
    yield from ((number, "sentence", line) for number, line in enumerate(text.splitlines(), 1))


def _of_python(text: str) -> Iterator[tuple[int, str, str]]:
    line, end = 1, 0
    for token in TOKEN.finditer(text):
        line, end = line + text.count("\n", end, token.start()), token.start()
        if token["name"]:
            yield _of_name(line, token["name"])
        else:
            yield from ((line + n, "sentence", words) for n, words in enumerate(token[0].splitlines()))
    yield from ((line, "variable", name) for line, name in _variables(ast.parse(text)))


def _of_name(line: int, name: str) -> tuple[int, str, str]:
    """A name; the sentence of a test's name is one."""
    return (line, "sentence", name.replace("_", " ")) if name.startswith("test_") else (line, "name", name)


def _variables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What is bound: parameters and variables, but not the fields of a class, whose names may be stored."""
    fields = {id(part) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in _fields(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.lineno, node.id


def _fields(node: ast.ClassDef) -> Iterator[ast.expr]:
    for part in node.body:
        if isinstance(part, ast.AnnAssign):
            yield part.target
        elif isinstance(part, ast.Assign):
            yield from part.targets
