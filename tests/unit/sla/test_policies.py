"""The first rule that fits a case gives its clocks."""

from chalicelib.domain.sla.policies import Policy, When


def test_the_first_rule_that_fits_wins_and_behind_the_shops_stand_the_defaults() -> None:
    policy = Policy()
    wanted = {
        ("question", "chat"): 30,
        ("review", "review"): 7_200,
        ("return", "web"): 3_600,
        ("complaint", "phone"): 3_600,
        ("question", "web"): 86_400,
    }
    for (kind, channel), seconds in wanted.items():
        rule = policy.rule_for("first_reply", When(type=kind, channel=channel))  # type: ignore[arg-type]
        assert rule is not None
        assert rule.target_seconds == seconds
    resolution = policy.rule_for("resolution", When(type="repair", channel="web"))
    assert resolution is not None
    assert (resolution.target_seconds, resolution.calendar) == (3 * 8 * 3_600, "business")
    assert policy.rule_for("next_reply", When(type="question", channel="web")) is None
