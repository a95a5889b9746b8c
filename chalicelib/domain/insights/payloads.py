"""The bodies of requests about insights."""

from chalicelib.domain.kernel.validation import Input


class AlertOpinion(Input, frozen=True):
    """The body of `POST /v1/shops/{shop}/alerts/{alert}`."""

    useful: bool
