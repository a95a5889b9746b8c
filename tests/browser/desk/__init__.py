"""The agents' desk in Chromium."""
