"""Results of a search as the API shows them."""

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.http.cases.views import case_view

if TYPE_CHECKING:
    from chalicelib.usecases.search.show_results import Result


def result_view(result: "Result") -> dict[str, Any]:
    """A case that was found, why, and the part of its conversation with the words."""
    snippet = result.snippet
    return {
        "case": case_view(result.file),
        "by": result.hit.by,
        "event": result.event,
        "snippet": {"text": snippet.text, "marks": [list(mark) for mark in snippet.marks]} if snippet else None,
    }
