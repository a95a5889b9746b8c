"""The product's registries, for tests that fold events themselves."""

from chalicelib.registries import Registries

REGISTRIES = Registries()
REDUCERS, FACTS = REGISTRIES.reducers, REGISTRIES.facts
TIMERS = REGISTRIES.timers
