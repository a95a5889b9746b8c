"""The macros of a shop on the desk."""
