"""Outgoing mail by SES, handed over once. What an error means for «did it leave» is decided here alone."""

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib.adapters.aws import client
from chalicelib.usecases.ports import Mail, MailDelayed, MailRejected, MailUnconfirmed

LATER = {"TooManyRequestsException", "LimitExceededException", "SendingPausedException", "ThrottlingException",
         "Throttling", "AccountSuspendedException"}  # fmt: skip


class SesMailer:
    """The `Mailer` on SES."""

    def __init__(self, configuration_set: str) -> None:
        self.configuration_set = configuration_set

    def send(self, mail: Mail) -> str:
        """Hand a mail over; the exceptions of `ports` say whether it left."""
        headers = [{"Name": name, "Value": value} for name, value in mail.headers.items()]
        simple = {
            "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": mail.text, "Charset": "UTF-8"},
                "Html": {"Data": mail.html, "Charset": "UTF-8"},
            },
        } | ({"Headers": headers} if headers else {})
        try:
            answer = client("sesv2").send_email(
                FromEmailAddress=mail.sender, Destination={"ToAddresses": [mail.to]},
                ConfigurationSetName=self.configuration_set, Content={"Simple": simple},
            )  # fmt: skip
        except ClientError as error:
            raise _meaning(error) from error
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise MailDelayed(type(error).__name__) from error
        except BotoCoreError as error:  # the connection broke after the request had left
            raise MailUnconfirmed(type(error).__name__) from error
        return str(answer["MessageId"])

    def is_verified(self, address: str) -> bool:
        """Whether SES lets us send as this address: it or its domain is a verified identity."""
        return any(self._is_identity(name) for name in (address, address.rpartition("@")[2]))

    def _is_identity(self, name: str) -> bool:
        ses = client("sesv2")
        try:
            return bool(ses.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"))
        except ses.exceptions.NotFoundException:
            return False


def _meaning(error: ClientError) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"].get("HTTPStatusCode", 500)
    if code in LATER or status == 429:
        return MailDelayed(code)
    return MailUnconfirmed(code) if status >= 500 else MailRejected(code)
