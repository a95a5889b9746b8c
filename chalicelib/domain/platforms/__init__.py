"""Webhooks and API answers of shop platforms. Each package reads one platform; `events.py` has the common events."""
