"""What the agents' desk costs whoever opens it, and the server that answers."""
