"""Sessions of staff in the table. What the user pool gave is encrypted; what every request needs is not."""

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.domain.desk.session import Session
from chalicelib.domain.kernel.timestamps import SECOND_MS

STAFF = "~staff"
"""Stands for a shop where the keys of personal data are named: staff belong to several shops."""


class SessionTable:
    """The `SessionStore` port on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table, self.personal = table, personal

    def start(self, session: Session) -> None:
        """Store a new session."""
        self.table.put(self._item(session))

    def load(self, user: str, session: str) -> Session | None:
        """The session with this id, without its private fields; None when it was ended."""
        item = self.table.get(f"STAFF#{user}", keys.session(session))
        return self.personal.clear(item, "session", Session) if item else None

    def refresh_token(self, user: str, session: str) -> str:
        """The refresh token of a session; empty when the session was ended."""
        item = self.table.get(f"STAFF#{user}", keys.session(session))
        return self.personal.read(item, "session", Session).refresh_token if item else ""

    def renew(self, session: Session) -> bool:
        """Store who this is now; whether the session was still there."""
        from msgspec.structs import replace

        if not session.refresh_token:
            session = replace(session, refresh_token=self.refresh_token(session.user, session.id))
        item = self._item(session)
        values = {f":{name}": item[name] for name in ("session", "sealed", "whose")}
        try:
            self.table.update(
                item["pk"], item["sk"], "SET #session = :session, #sealed = :sealed, #whose = :whose", values
            )
        except ConditionFailed:
            return False
        return True

    def end(self, user: str, session: str) -> str:
        """End one session; its refresh token, empty when it was ended before."""
        refresh_token = self.refresh_token(user, session)
        self.table.delete(f"STAFF#{user}", keys.session(session))
        return refresh_token

    def end_all(self, user: str) -> list[str]:
        """End all sessions of a member of staff; their refresh tokens."""
        items = list(self.table.query(f"STAFF#{user}", between=keys.SESSIONS))
        for item in items:
            self.table.delete(f"STAFF#{user}", item["sk"])
        return [self.personal.read(item, "session", Session).refresh_token for item in items]

    def _item(self, session: Session) -> Item:
        item: Item = {
            "pk": f"STAFF#{session.user}",
            "sk": keys.session(session.id),
            "ttl": session.ends_at // SECOND_MS,
        }
        return self.personal.put(item, "session", session, STAFF, session.user)
