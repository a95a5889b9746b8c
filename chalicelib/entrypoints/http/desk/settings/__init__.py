"""The settings of a shop on the desk."""
