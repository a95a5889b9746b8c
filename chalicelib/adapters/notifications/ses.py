"""Outgoing mail by SES, handed over once. What an error means for «did it leave» is decided here alone."""

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib.adapters.aws.clients import client
from chalicelib.domain.kernel.validation import folded
from chalicelib.observability import logger
from chalicelib.usecases.ports import Mail, MailDelayed, MailRejected, MailUnconfirmed

REFUSED = {"MessageRejected", "BadRequestException"}


class SesMailer:
    """The `Mailer` on SES."""

    def __init__(self, configuration_set: str) -> None:
        self.configuration_set = configuration_set

    def send(self, mail: Mail) -> str:
        """Hand a mail over; the exceptions of `ports` say whether it left."""
        headers = [{"Name": name, "Value": folded(value).strip()} for name, value in mail.headers.items()]
        simple = {
            "Subject": {"Data": folded(mail.subject), "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": mail.text, "Charset": "UTF-8"},
                "Html": {"Data": mail.html, "Charset": "UTF-8"},
            },
        } | ({"Headers": headers} if headers else {})
        answers = {"ReplyToAddresses": [mail.reply_to]} if mail.reply_to else {}
        copies = {"CcAddresses": list(mail.copy)} if mail.copy else {}
        try:
            answer = client("sesv2").send_email(
                FromEmailAddress=mail.sender,
                Destination={"ToAddresses": [mail.to], **copies},
                **answers,
                ConfigurationSetName=self.configuration_set,
                Content={"Simple": simple},
            )
        except ClientError as error:
            raise _meaning(error) from None  # the service's words may name the address
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise MailDelayed(type(error).__name__) from None
        except BotoCoreError as error:  # the connection broke after the request had left
            raise MailUnconfirmed(type(error).__name__) from None
        return str(answer["MessageId"])

    def is_verified(self, address: str) -> bool:
        """Whether SES lets us send as this address: it or its domain is a verified identity."""
        domain = address.rpartition("@")[2].lower().split(".")
        parents = [".".join(domain[place:]) for place in range(len(domain) - 1)]  # a domain vouches for those below it
        return any(self._is_identity(name) for name in (address, *parents))

    def _is_identity(self, name: str) -> bool:
        ses = client("sesv2")
        try:
            return bool(ses.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"))
        except (ses.exceptions.NotFoundException, ses.exceptions.BadRequestException):
            return False


def _meaning(error: ClientError) -> Exception:
    """A refused mail is refused for good; throttling or a missing right delays it; after a 5xx it may have left."""
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"].get("HTTPStatusCode", 500)
    logger.warning("mail not confirmed", extra={"code": code, "status": status})
    if status >= 500:
        return MailUnconfirmed(code)
    return MailRejected(code) if code in REFUSED else MailDelayed(code)
