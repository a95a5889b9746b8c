"""Links to surveys."""

from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import FakeServices
from tests.support.cases.webhooks import KEY


def survey_token(services: FakeServices) -> str:
    """Send the survey of the case; the token in its link."""
    send_survey(services, KEY)
    return services.mailer.sent[0].text.rpartition("/s/")[2]
