"""The board as the API shows it."""

from typing import TYPE_CHECKING, Any

from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.desk.lists.views import row_view

if TYPE_CHECKING:
    from chalicelib.domain.desk.day_figures import Estimate
    from chalicelib.usecases.desk.board import Board, BoardAgent, Promises
    from chalicelib.usecases.desk.count_day import DayFigure


def board_view(board: "Board") -> dict[str, Any]:
    """The board, with the view or the figure that lists the cases behind each number."""
    return {
        "at": format_instant(board.now),
        "agents": [_agent(agent) for agent in board.agents],
        "waiting": {
            "view": "unassigned",
            "more": board.waiting_more,
            "items": [{"type": each.type, "language": each.language, "count": each.count} for each in board.waiting],
        },
        "broken": _promises(board.broken),
        "soon": _promises(board.soon),
        "today": [_figure(figure) for figure in board.today],
        "complete": board.complete,
    }


def _agent(agent: "BoardAgent") -> dict[str, Any]:
    settings = agent.status.agent
    return {
        "agent": settings.id,
        "name": settings.name,
        "teams": list(settings.teams),
        "state": "here" if agent.status.here else "away",
        "works": agent.works,
        "load": agent.status.load,
        "capacity": settings.capacity,
    }


def _promises(promises: "Promises") -> dict[str, Any]:
    return {
        "view": promises.view,
        "count": promises.count,
        "more": promises.more,
        "items": [row_view(row) for row in promises.rows],
    }


def _figure(figure: "DayFigure") -> dict[str, Any]:
    return {
        "figure": figure.figure,
        "day": figure.day,
        "today": _estimate(figure.today),
        "last_week": _estimate(figure.last_week),
    }


def _estimate(estimate: "Estimate") -> dict[str, Any]:
    return {"count": estimate.count, "exact": estimate.exact}
