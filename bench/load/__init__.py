"""The parts of the storm: faults, returns whose money is requested twice, and refunds made outside Aftercare."""
