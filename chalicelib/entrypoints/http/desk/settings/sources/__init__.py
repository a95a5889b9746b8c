"""Settings: where a shop's webhooks come from, and what became of them."""
