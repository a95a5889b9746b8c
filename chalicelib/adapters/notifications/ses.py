"""Outgoing email by SES, handed over once. Only this module decides by the error whether the email has left."""

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from chalicelib.domain.kernel.validation import folded
from chalicelib.observability import logger
from chalicelib.usecases.ports.email import Mail, MailDelayed, MailRejected, MailUnconfirmed

REJECTING_CODES = {"MessageRejected", "BadRequestException"}
NO_IDENTITY_CODES = {"NotFoundException", "BadRequestException"}


class SesMailer:
    """The `Mailer` port on SES."""

    def __init__(self, configuration_set: str) -> None:
        self.configuration_set = configuration_set

    def send(self, mail: Mail) -> str:
        """Hand an email over; returns its message id. `MailRejected`, `MailDelayed` and `MailUnconfirmed` say whether
        it left when it fails."""
        headers = [{"Name": name, "Value": folded(value).strip()} for name, value in mail.headers.items()]
        simple = {
            "Subject": {"Data": folded(mail.subject), "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": mail.text, "Charset": "UTF-8"},
                "Html": {"Data": mail.html, "Charset": "UTF-8"},
            },
        } | ({"Headers": headers} if headers else {})
        reply_to = {"ReplyToAddresses": [mail.reply_to]} if mail.reply_to else {}
        copies = {"CcAddresses": list(mail.copy)} if mail.copy else {}
        try:
            answer = client("sesv2").send_email(
                FromEmailAddress=mail.sender,
                Destination={"ToAddresses": [mail.to], **copies},
                **reply_to,
                ConfigurationSetName=self.configuration_set,
                Content={"Simple": simple},
            )
        except ServiceError as error:
            raise _translate_error(error) from None  # the error's own message may contain the address
        return str(answer["MessageId"])

    def is_verified(self, address: str) -> bool:
        """Whether SES lets us send from this address: it, its domain or a parent domain is a verified identity."""
        labels = address.rpartition("@")[2].lower().split(".")
        parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
        return any(self._is_identity(name) for name in (address, *parents))

    def _is_identity(self, name: str) -> bool:
        try:
            return bool(client("sesv2").get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"))
        except ServiceError as error:
            if error.code in NO_IDENTITY_CODES:
                return False
            raise


def _translate_error(error: ServiceError) -> Exception:
    """The exception that says whether the email left: rejected for good, delayed by throttling or a missing permission,
    or unconfirmed after a 5xx or a broken connection, because it may have left."""
    if isinstance(error, NoAnswer):
        return MailUnconfirmed(error.code) if error.was_sent else MailDelayed(error.code)
    logger.warning("mail not confirmed", extra={"code": error.code, "status": error.status})
    if error.status >= 500:
        return MailUnconfirmed(error.code)
    return MailRejected(error.code) if error.code in REJECTING_CODES else MailDelayed(error.code)
