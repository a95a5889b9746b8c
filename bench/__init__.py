"""What Aftercare costs in time, memory and money: `python -m bench` runs all benches, `python -m bench NAME` one."""
