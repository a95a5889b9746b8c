"""The registries as the product has them, for tests that fold events themselves."""

from chalicelib.registries import Registries

REGISTRIES = Registries()
REDUCERS, FACTS = REGISTRIES.reducers, REGISTRIES.facts
TIMERS = REGISTRIES.timers
