"""Settings: where a shop's webhooks go to, and what became of each."""
