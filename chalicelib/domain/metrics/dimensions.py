"""By what the figures of cases are shown, under the names their records are stored by."""

DIMENSIONS = ("all", "channel", "type", "team", "assignee", "sku")
AGENT_DIMENSIONS = ("agent", "skill", "shift")
AGENT_PREFIX = "agent_"
"""Before the dimension of an agents' record, since records of all measures lie together."""
