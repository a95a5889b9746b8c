"""The names of addresses that only pass on what others wrote, and that nobody reads: of forms, mailers and servers."""

import re

WANTS_NO_ANSWER = (
    r"no[-_.]?(?:reply|responde[rn]?|response|responda|contestar|contestes)|(?:do[-_.]?not|dont)[-_.]?(?:reply|respond)|"
    r"ne[-_.]?pas[-_.]?repondre|n[aã]o[-_.]?respond(?:a|er)|(?:bitte[-_.]?)?(?:nicht|keine)[-_.]?antwort(?:en)?|"
    r"non[-_.]?risponde(?:re|te)|niet[-_.]?(?:be)?antwoorden|(?:ikke|ej|inte)[-_.]?svar[ae]?|svar[-_.]?ej|"
    r"nie[-_.]?odpowiada[cj]|neodpovidat|ne[-_.]?otvecha(?:t|ite)|yanitlama(?:yin)?|(?:qing[-_.]?)?wu[-_.]?huifu|"
    r"unattended|unmonitored"
)
"""The names of no-reply addresses in many languages."""
PASSES_ON = (
    r"(?:auto|php|web|form|smtp)[-_.]?mailers?|(?<!\.)mailers?(?!\.)|notif(?:y|ications?)|"
    r"(?:contact|kontakt|web)?[-_.]?(?:forms?|formular|formulaire|formulario)|"
    r"submissions?|wordpress|www-data|webmaster|website|robot|system|automated"
)
RELAY = re.compile(rf"(?:^|[-_.+=])(?:{WANTS_NO_ANSWER}|{PASSES_ON})\d*(?:[-_.+=]|$)")
"""Local parts of addresses that pass on what others wrote and read no answers."""
RELAY_ALONE = re.compile(r"(?:alerts?|messages?|postman|apache|httpd|nginx|nobody|servers?|bounces?|mail-?bot)\d*")
"""The same, if it is the whole local part: beside another word it may be a person's name."""


def is_relay(local: str) -> bool:
    """Whether an address with this local part, in lower case, only passes on what others wrote."""
    return bool(RELAY.search(local) or RELAY_ALONE.fullmatch(local))
