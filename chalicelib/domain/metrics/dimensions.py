"""The dimensions of the figures of cases, by the names under which their records are stored."""

DIMENSIONS = ("all", "channel", "type", "team", "assignee", "sku")
AGENT_DIMENSIONS = ("agent", "skill", "shift")
AGENT_PREFIX = "agent_"
"""The prefix of agents' dimensions, because the records of all measures are stored together."""
