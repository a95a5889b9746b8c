"""The routes of typing."""
