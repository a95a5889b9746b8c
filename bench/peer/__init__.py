"""A peer in the same field, measured beside this project in one run."""
