"""Macros, drafts, waiting replies, mentions and files as the API shows them. `docs/api.md` describes each field."""

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.kernel.timestamps import format_instant

if TYPE_CHECKING:
    from chalicelib.domain.composer.agent_files import AgentFile
    from chalicelib.domain.composer.drafts import Draft
    from chalicelib.domain.composer.macros import Macro
    from chalicelib.domain.composer.mentions import Mention
    from chalicelib.domain.composer.pending_replies import PendingReply
    from chalicelib.usecases.composer.macros.apply_macro import Applied
    from chalicelib.usecases.composer.macros.preview_macro import Preview
    from chalicelib.usecases.composer.send_reply import Sending
    from chalicelib.usecases.ports.files import Upload


def macro_view(macro: "Macro") -> dict[str, Any]:
    """A version of a macro."""
    return {
        "id": macro.id,
        "shop": macro.shop,
        "version": macro.version,
        **msgspec.to_builtins(macro.content),
        "by": macro.by,
        "at": format_instant(macro.at),
        "deleted": macro.deleted,
    }


def preview_view(preview: "Preview") -> dict[str, Any]:
    """What macros would do."""
    return {
        "text": preview.text,
        "language": preview.language,
        "missing": list(preview.missing),
        "files": list(preview.files),
        "other_language": list(preview.other_language),
        "effects": msgspec.to_builtins(preview.effects),
    }


def applied_view(applied: "Applied") -> dict[str, Any]:
    """What macros have done."""
    return {
        "text": applied.text,
        "files": list(applied.files),
        "effects": msgspec.to_builtins(applied.effects),
        "reply": sending_view(applied.reply) if applied.reply else None,
        "refused": applied.refused,
        "version": applied.stored.version,
    }


def sending_view(sending: "Sending") -> dict[str, Any]:
    """A reply that waits, or was sent."""
    pending = sending.pending
    return {
        "reply": pending.id if pending else None,
        "state": pending.state if pending else "sent",
        "until": format_instant(pending.due_at) if pending else None,
        "version": sending.stored.version if sending.stored else None,
    }


def pending_view(reply: "PendingReply") -> dict[str, Any]:
    """A reply of one's own that waits, or has ended."""
    return {
        "reply": reply.id,
        "case": reply.case,
        "state": reply.state,
        "until": format_instant(reply.due_at),
        "body": reply.body,
        "then": reply.then,
    }


def draft_view(draft: "Draft") -> dict[str, Any]:
    """A draft."""
    return {
        "case": draft.case,
        "kind": draft.kind,
        "body": draft.body,
        "copy": list(draft.copy),
        "files": list(draft.files),
        "counter": draft.counter,
        "seen": draft.seen,
        "at": format_instant(draft.at),
        "others": [{"body": other.body, "at": format_instant(other.at)} for other in draft.others],
        "notice": draft.notice,
        "why": draft.why or None,
        "unseen": list(draft.unseen),
    }


def mention_view(mention: "Mention") -> dict[str, Any]:
    """A mention."""
    return {
        "id": mention.id,
        "case": mention.case,
        "event": mention.event,
        "by": mention.by,
        "at": format_instant(mention.at),
    }


def file_view(file: "AgentFile", url: str | None = None) -> dict[str, Any]:
    """A file of an agent, with the URL that shows it."""
    return {
        "id": file.id,
        "name": file.name,
        "state": file.state,
        "reason": file.reason,
        "kind": file.kind or None,
        "bytes": file.bytes or None,
        "url": url,
    }


def upload_view(file: "AgentFile", upload: "Upload") -> dict[str, Any]:
    """The form with which a file is uploaded: its fields come before the file, which comes last as `file`."""
    return {"file": file.id, "url": upload.url, "fields": upload.fields}
