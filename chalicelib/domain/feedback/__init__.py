"""What people say about a shop, in one shape, wherever they say it."""
