"""What grows with a case and with a queue: python -m bench.growth."""

from bench.growth.spots import measure_all
from bench.support.figures import run

run(measure_all)
