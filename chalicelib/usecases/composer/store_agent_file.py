"""Store a file that an agent uploaded: its real type is checked, and location data is removed from pictures."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.aftersales.evidence import MAX_BYTES, Place, kept_at, place_of
from chalicelib.domain.composer.agent_files import MACROS, AgentFile
from chalicelib.domain.kernel.ids import key_of_id, time_of
from chalicelib.usecases.customers.linked_records import was_erased_since
from chalicelib.usecases.ports.files import ImageSanitizer

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgentFiles, HasCases, HasClock, HasCustomers, HasUploads

    class StoreAgentFileServices(HasAgentFiles, HasCases, HasClock, HasCustomers, HasUploads, Protocol):
        """The services that `store_agent_file` uses."""


def store_agent_file(services: "StoreAgentFileServices", sanitizer: ImageSanitizer, upload: str) -> AgentFile | None:
    """Check and store an upload, once however often it is reported; what became of it. None when the file is gone, was
    handled before, or nobody asked for it."""
    place = place_of(upload)
    identifier = place.name[-26:] if place else ""
    file = services.agent_files.load(place.shop, place.case, [identifier]).get(identifier) if place else None
    if place is None or file is None or file.upload != upload or file.state != "expected":
        services.uploads.remove(upload)
        return None
    data = services.uploads.read(upload, MAX_BYTES + 1)
    if data is None:
        return None
    settled = _check_and_save(services, sanitizer, place, file, data)
    was_first = services.agent_files.settle(settled)
    services.uploads.remove(upload)
    if settled.file and _is_erased(services, settled):
        services.uploads.remove(settled.file)
    return settled if was_first else None


def _check_and_save(
    services: "StoreAgentFileServices", sanitizer: ImageSanitizer, place: Place, file: AgentFile, data: bytes
) -> AgentFile:
    if not data or len(data) > MAX_BYTES:
        return replace(file, state="refused", reason="too_large" if data else "empty")
    kind = sanitizer.detect_type(data)
    if kind is None or kind not in place.types:
        return replace(file, state="refused", reason="unknown_type")
    clean = sanitizer.sanitize(data, kind)
    if clean is None:
        return replace(file, state="refused", reason="broken")
    key = kept_at(place, file.id, kind)
    services.uploads.save(key, clean, kind)
    return replace(file, state="stored", kind=kind, bytes=len(clean), file=key)


def _is_erased(services: "StoreAgentFileServices", file: AgentFile) -> bool:
    """Whether the case's customer was erased since the upload was asked for."""
    if file.folder == MACROS:
        return False
    case = services.cases.load(key_of_id(file.folder)).case
    return case is not None and was_erased_since(services, key_of_id(case.customer), time_of(file.id) or 0)
