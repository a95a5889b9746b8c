"""Outgoing email by SES, handed over once. Only this module decides by the error whether the email has left."""

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib.adapters.aws.clients import client
from chalicelib.domain.kernel.validation import folded
from chalicelib.observability import logger
from chalicelib.usecases.ports.email import Mail, MailDelayed, MailRejected, MailUnconfirmed

REJECTING_CODES = {"MessageRejected", "BadRequestException"}


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
        except ClientError as error:
            raise _translate_error(error) from None  # the error's own message may contain the address
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise MailDelayed(type(error).__name__) from None
        except BotoCoreError as error:  # the connection broke after the request had left
            raise MailUnconfirmed(type(error).__name__) from None
        return str(answer["MessageId"])

    def is_verified(self, address: str) -> bool:
        """Whether SES lets us send from this address: it, its domain or a parent domain is a verified identity."""
        labels = address.rpartition("@")[2].lower().split(".")
        parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
        return any(self._is_identity(name) for name in (address, *parents))

    def _is_identity(self, name: str) -> bool:
        ses = client("sesv2")
        try:
            return bool(ses.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"))
        except (ses.exceptions.NotFoundException, ses.exceptions.BadRequestException):
            return False


def _translate_error(error: ClientError) -> Exception:
    """The exception that says whether the email left: rejected for good, delayed by throttling or a missing permission,
    or unconfirmed after a 5xx, because it may have left."""
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 500)
    logger.warning("mail not confirmed", extra={"code": code, "status": status})
    if status >= 500:
        return MailUnconfirmed(code)
    return MailRejected(code) if code in REJECTING_CODES else MailDelayed(code)
