"""The five registries: what each capability adds to the whole, in one place to read.

A new capability adds its own folders and its lines here, and edits no file of another capability. Each table is put
together on first use, so that a function imports only what it needs.
"""


class Registries:
    """Reducers, timers, follow-ups, intake handlers and measures of all capabilities."""
