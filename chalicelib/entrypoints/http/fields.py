"""Fields that several views share."""

from chalicelib.usecases.cases.event_view import actor_view, time_view

__all__ = ["actor_view", "time_view"]
