"""What emails make of a case: whoever writes by email is answered by email."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.parts import EmailState


def customer_wrote(fact: CaseOpened | MessageReceived, case: Case, _: Moment) -> Case:
    """The case is answered by email once its customer wrote by email."""
    return case if fact.mail is None or case.email.by_mail else replace(case, email=EmailState(by_mail=True))


REDUCERS: Reducers = {CaseOpened: (customer_wrote,), MessageReceived: (customer_wrote,)}
