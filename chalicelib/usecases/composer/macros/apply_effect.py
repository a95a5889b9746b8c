"""Do one effect of a macro: a part of a request, done once under a key of its own."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.composer.macros import Effect
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.composer.macros.effect import Phrase
from chalicelib.usecases.composer.macros.effects import Wanted, effect_view
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord

if TYPE_CHECKING:
    from chalicelib.usecases.composer.macros.effect import EffectServices


def part_of(command: Command, part: str) -> Command:
    """The command for one part of a request: done once under the key of the whole and the name of the part."""
    once = command.idempotency
    record = IdempotencyRecord(f"{once.key}-{part}", once.digest) if once else None
    return replace(command, expected=None, seen=None, idempotency=record)


def apply_effect(services: "EffectServices", command: Command, wanted: Wanted) -> Effect:
    """Do one effect, unless a request with the same key has done it; what came of it."""
    case, once = _present(services, command), command.idempotency
    before = services.cases.answered(once.key) if once is not None else None
    if before is not None:
        return effect_view(services, wanted, case, None, done=is_same(command, before))
    added: list[Event] = []
    refusal = wanted.row.refusal(services, case, wanted.value)
    done = refusal is None
    if refusal is None:
        try:
            wanted.row.do(services, replace(command, committed=added.extend), wanted.value)
            done = bool(added) or not command.only_changes
        except AlreadyAnswered as error:
            done = is_same(command, error.idempotency)  # handled at the same time
        except AftercareError as error:
            refusal, done = Phrase("macro_refused_other", {"why": str(error)}), False
    return effect_view(services, wanted, case, refusal, done=done)


def is_same(command: Command, before: IdempotencyRecord) -> bool:
    """Whether it was this request that did something before, and not another one with its key."""
    return command.idempotency is not None and command.idempotency.digest == before.digest


def _present(services: "EffectServices", command: Command) -> Case:
    case = services.cases.load(key_of_id(command.case)).case
    assert case is not None
    return case
