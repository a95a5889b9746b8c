"""The CloudWatch alarms. `docs/operations.md` says what each means and what to do."""

from typing import Any

from infra.deploy.template.components import DAY_S, FUNCTIONS, Resources, alarm, attribute, metric, ref


def alarms(queues: dict[str, Any]) -> Resources:
    """All alarms of the stack."""
    resources: Resources = {}
    for name, queue in queues.items():
        resources |= _dead_letters(name)
        age = metric("AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName=attribute(f"{name}Queue", "QueueName"))
        about = f"Messages of {name} wait longer than {queue['oldest']} s."
        resources |= alarm(f"{name} oldest message", about, age, queue["oldest"])
    resources |= _dead_letters("Relay")
    for name in FUNCTIONS:
        for kind in ("Errors", "Throttles"):
            about = f"{name} has {kind.lower()}."
            watched = metric("AWS/Lambda", kind, FunctionName=ref(name))
            resources |= alarm(f"{name} {kind.lower()}", about, watched, 0, Statistic="Sum")
    behind = metric("AWS/Lambda", "IteratorAge", FunctionName=ref("Relay"))
    resources |= alarm("Relay behind", "The relay is more than a minute behind the table.", behind, 60_000)
    return resources | _heartbeats() | _failures()


def _dead_letters(name: str) -> Resources:
    queue = attribute(f"{name}DeadLetters", "QueueName")
    visible = metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue)
    return alarm(f"{name} dead letters", f"{name} gave messages up.", visible, 0)


def _heartbeats() -> Resources:
    silent: dict[str, Any] = {
        "Statistic": "Sum",
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }
    sweeper = metric("Aftercare", "SweeperHeartbeat", service="aftercare")
    nightly = metric("Aftercare", "NightlyHeartbeat", service="aftercare")
    return alarm("Sweeper silent", "The sweeper did not run for 15 minutes.", sweeper, 1, Period=900, **silent) | alarm(
        "Nightly job silent", "No night was planned for two hours.", nightly, 1, Period=7200, **silent
    )


def _failures() -> Resources:
    faults = metric("AWS/ApiGateway", "5XXError", ApiName="aftercare", Stage="api")
    bounces = metric("AWS/SES", "Reputation.BounceRate")
    orphans = metric("Aftercare", "OrphansExpired", service="aftercare")
    doubtful = metric("Aftercare", "CalendarsInDoubt", service="aftercare")
    failed = metric("Aftercare", "DeliveriesFailed", service="aftercare")
    return (
        alarm("API faults", "More than 1 % of answers are our fault.", faults, 0.01, Statistic="Average")
        | alarm("Mail bounces", "More than 4 % of mails bounce; SES acts at 5 %.", bounces, 0.04, Period=3600)
        | alarm("Deliveries failed", "Webhooks out were given up.", failed, 0, Statistic="Sum")
        | alarm("Orphans expired", "Events came whose case never did.", orphans, 0, Statistic="Sum")
        | alarm("Calendars in doubt", "Holidays end or are guessed.", doubtful, 0, Statistic="Sum", Period=DAY_S)
    )
