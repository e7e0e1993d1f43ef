"""The stores' API at the door: whose key, what is asked, and the answer as JSON. What it does is the counter's."""

import logging
import re
from collections.abc import Mapping, Sequence
from operator import attrgetter

import msgspec
from msgspec import UNSET

from chalicelib.errors import Broken, LoyaltyError, Malformed, Refused, TryAgain, Untrusted
from chalicelib.events import Customer, Reference
from chalicelib.programs.program import Program
from chalicelib.services.answer import Answer
from chalicelib.services.households import household_reference
from chalicelib.services.keys import Keys
from chalicelib.services.own_account import OwnAccount
from chalicelib.services.ports import Programs
from chalicelib.services.ports.access import Caller
from chalicelib.services.referral_claims import code_reference
from chalicelib.services.staff import StaffRoom
from chalicelib.web.answer import as_json
from chalicelib.web.api.call import Call
from chalicelib.web.api.counter import Counter
from chalicelib.web.api.described import description
from chalicelib.web.api.operations import DESCRIPTION, OPERATIONS, Operation
from chalicelib.web.api.request import Request
from chalicelib.web.api.shapes import Trouble
from chalicelib.web.api.words import CASHIER, plain

_log = logging.getLogger(__name__)
_MOST_BYTES = 65_536
"""Of a request: an order of 200 lines has room."""
_RETRY_SECONDS = 5
_TOO_OFTEN = 429
_ONCE = re.compile(r"[\x21-\x7e]{1,200}")
_PLACE = re.compile(r"^(?P<says>.*?)(?: - at `(?P<field>[^`]*)`)?$", re.DOTALL)
_STATUS = {
    "key_lacks_scope": 403,
    "program_unknown": 404,
    "member_unknown": 404,
    "redemption_unknown": 404,
    "referral_unknown": 404,
    "order_unknown": 404,
    "quote_unknown": 404,
    "reward_unknown": 404,
    "voucher_unknown": 404,
    "perk_unknown": 404,
    "unknown_level_given": 404,
    "use_unknown": 404,
    "no_such_address": 404,
    "staff_unknown": 404,
    "body_too_large": 413,
    "not_json": 415,
    "sign_in_later": 429,
}


class Api(msgspec.Struct, frozen=True):
    """Answers stores. Keys are looked at before anything else, and a body after everything else."""

    keys: Keys
    programs: Programs
    counter: Counter
    base_url: str
    staff: StaffRoom
    own_account: OwnAccount

    def answer(self, call: Call) -> Answer:
        """Any request below /v1. Raises Broken: that is for whoever wakes somebody."""
        try:
            if (call.method, call.route) == ("GET", DESCRIPTION):
                return as_json(description(self.base_url))
            return as_json(self._done(call))
        except Broken:
            raise
        except LoyaltyError as err:
            _log.info("store_refused", extra={"facts": {"why": err.reason, "route": call.route}})
            return refusal(err)

    def _done(self, call: Call) -> msgspec.Struct:
        operation = next((each for each in OPERATIONS if (each.method, each.path) == (call.method, call.route)), None)
        is_open = operation is not None and operation.scope is None
        caller = Caller(call.ids.get("program", ""), (), "") if is_open else self._caller(call)
        if operation is None:
            raise Refused("no_such_address")
        program = self._program(call, caller)
        if operation.scope is not None and operation.scope not in caller.scopes:
            raise Refused("key_lacks_scope", needs=operation.scope)
        request = Request(
            program=program,
            ids=call.ids,
            query=_asked(operation, call),
            body=_body(operation, call),
            once=_once(operation, call),
            actor=caller.actor,
            sender=call.sender,
        )
        if operation.scope == "manage":
            self.own_account.refuse(program, caller, _accounts(request), _customer(request), _through(request))
        done: msgspec.Struct = attrgetter(operation.does)(self.counter)(request)
        return done

    def _caller(self, call: Call) -> Caller:
        """A store's key, or somebody who signed in at the till. Raises Untrusted."""
        kind, _, text = call.headers.get("authorization", "").partition(" ")
        shown = text.strip() if kind.lower() == "bearer" else ""
        if self.staff.is_token(shown):
            return self.staff.trusted(shown)
        key = self.keys.trusted(shown)
        return Caller(key.program, key.scopes, f"api/{key.id}")

    def _program(self, call: Call, caller: Caller) -> Program:
        """The caller's program. Another one's address is as unknown as one that never was."""
        program = self.programs.program(caller.program) if call.ids.get("program") == caller.program else None
        if program is None:
            raise Refused("program_unknown")
        return program


def refusal(err: LoyaltyError) -> Answer:
    """A "no" as JSON, by its kind."""
    said = CASHIER.get(err.reason)
    trouble = Trouble(err.reason, plain(err), dict(err.facts), UNSET if said is None else dict(said))
    answer = as_json(trouble, status=_status(err))
    if isinstance(err, Untrusted):
        return msgspec.structs.replace(answer, headers={**answer.headers, "WWW-Authenticate": "Bearer"})
    if isinstance(err, TryAgain) or answer.status == _TOO_OFTEN:
        wait = err.facts.get("seconds", _RETRY_SECONDS)
        return msgspec.structs.replace(answer, headers={**answer.headers, "Retry-After": str(wait)})
    return answer


def _status(err: LoyaltyError) -> int:
    match err:
        case Untrusted():
            return 401
        case Malformed():
            return _STATUS.get(err.reason, 400)
        case Refused():
            return _STATUS.get(err.reason, 409)
        case TryAgain():
            return 503
        case _:
            return 500


def _asked(operation: Operation, call: Call) -> Mapping[str, str]:
    """The questions in the address, each within its bounds; nobody asks what is not known. Raises Malformed."""
    if unknown := set(call.query) - {each.name for each in operation.asks}:
        raise Malformed("body_not_understood", field=min(unknown)[:40], says="not known here")
    asked = {each.name: call.query[each.name] for each in operation.asks if each.name in call.query}
    for each in operation.asks:
        text, kind = asked.get(each.name, ""), each.kind
        if len(text) > int(kind.get("maxLength", _MOST_BYTES)):
            raise Malformed("body_not_understood", field=each.name, says=f"at most {kind['maxLength']} letters")
        is_whole = text.isascii() and text.isdigit() and len(text) < 10
        if kind["type"] == "integer" and each.name in asked and not is_whole:
            raise Malformed("body_not_understood", field=each.name, says="a whole number")
        if kind["type"] == "integer" and each.name in asked and not _within(int(text), kind):
            raise Malformed("body_not_understood", field=each.name, says=f"{kind['minimum']} to {kind['maximum']}")
    return asked


def _accounts(request: Request) -> Sequence[str]:
    """The members that a request names by their ids."""
    said = (request.ids.get("member"), getattr(request.body, "member", None), getattr(request.body, "to", None))
    return [name for name in said if isinstance(name, str)]


def _customer(request: Request) -> Customer:
    """The one that a request names by an address, a number or the shop's own id."""
    body = request.body
    named = getattr(body, "customer", None)
    if isinstance(named, msgspec.Struct):
        body, named = named, getattr(named, "customer", None)
    return Customer(named, getattr(body, "email", None), getattr(body, "phone", None))


def _through(request: Request) -> Sequence[Reference]:
    """What a request names that leads to members: a household, a code for friends."""
    household, code = (getattr(request.body, name, None) for name in ("household", "code"))
    found = [household_reference(household)] if isinstance(household, str) else []
    return [*found, code_reference(code)] if isinstance(code, str) else found


def _within(number: int, kind: Mapping[str, str | int]) -> bool:
    return int(kind["minimum"]) <= number <= int(kind["maximum"])


def _body(operation: Operation, call: Call) -> msgspec.Struct | None:
    if operation.takes is None:
        return None
    if len(call.body) > _MOST_BYTES:
        raise Malformed("body_too_large", most=_MOST_BYTES)
    if operation.may_be_empty and not call.body.strip():
        return operation.takes()
    if call.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Malformed("not_json")
    try:
        return msgspec.json.decode(call.body, type=operation.takes)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        place = _PLACE.match(str(err))
        found = place["field"] if place and place["field"] else "$"
        says = place["says"] if place and not isinstance(err, UnicodeDecodeError) else "not UTF-8"
        raise Malformed("body_not_understood", field=found, says=says[:200]) from err


def _once(operation: Operation, call: Call) -> str:
    """The Idempotency-Key; "" for none."""
    told = call.headers.get("idempotency-key", "")
    if told and operation.is_once and not _ONCE.fullmatch(told):
        raise Malformed("idempotency_key_not_understood")
    return told if operation.is_once else ""
