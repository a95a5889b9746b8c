"""What the desk costs in time, memory and money, measured: `python -m bench`, or one by its name."""
