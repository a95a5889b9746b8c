"""What the use cases need of the world. `adapters/` gives it on AWS, `tests/fakes` in memory."""
