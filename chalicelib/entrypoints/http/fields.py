"""Fields that several views share."""

from chalicelib.domain.kernel.timestamps import time_view
from chalicelib.usecases.cases.event_view import actor_view

__all__ = ["actor_view", "time_view"]
