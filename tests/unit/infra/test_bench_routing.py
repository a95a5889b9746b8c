"""The bench of routing: a day in bursts, against a perfect single queue."""

from bench import routing


def test_a_day_in_bursts_gives_every_case_to_somebody_it_fits_and_nobody_too_many() -> None:
    lines = {line.what.strip(): line for line in routing.measure(agents=24, cases=2_000)}
    assert [line.value for line in lines.values() if line.limit == 0] == [0, 0, 0]
