"""The classes and objects that the stand-in for Google Wallet keeps, and what Google would do with them.

Judged by Google's own discovery document; with three notifications of each kind, card and 24 hours, and ten messages.
Source: developers.google.com/wallet/reference/rest.
"""

import json
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.laptop.google_http import Refusal
from ops.laptop.google_schema import objection
from ops.laptop.home import write_whole

NOTICES_PER_DAY = 3
MESSAGES = 10
KINDS = ("loyaltyClass", "loyaltyObject")
_CLASSES, _OBJECTS = KINDS
_DAY = 86_400_000
_READ_ONLY = ("hasUsers", "hasLinkedDevice", "classReference")

Resource = dict[str, Any]


@dataclass(slots=True)
class Register:
    """What is kept. Callers hold a lock.

    notices, announced: (object, when) of notifications that phones were shown: of changed fields, of messages
    changed_at: when a class or object changed, for phones that wait for it
    refuses_moves: status and reason for an object that is to belong to another class, if that is not possible
    kept_at: a JSON file in which classes and objects outlive a restart
    """

    issuer_id: str
    now: Callable[[], int]
    kept_at: Path | None = None
    resources: dict[str, dict[str, Resource]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    notices: list[tuple[str, int]] = field(default_factory=list)
    announced: list[tuple[str, int]] = field(default_factory=list)
    changed_at: dict[str, int] = field(default_factory=dict)
    refuses_moves: tuple[int, str] | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    @classmethod
    def open(cls, issuer_id: str, now: Callable[[], int], kept_at: Path | None) -> "Register":
        opened = cls(issuer_id, now, kept_at)
        if kept_at is not None and kept_at.exists():
            opened.resources = json.loads(kept_at.read_text())
        return opened

    def card(self, object_id: str) -> Resource | None:
        """An object with its class, as a phone gets it."""
        shown = self.resources[_OBJECTS].get(object_id)
        if shown is None:
            return None
        return {**shown, "classReference": self.resources[_CLASSES].get(shown["classId"], {})}

    def done(self, method: str, kind: str, name: str, body: Any) -> Resource:
        """Carry out a request. Raises Refusal."""
        name, _, action = name.partition("/")
        known = self.resources[kind].get(name or (body or {}).get("id", ""))
        match method, name, action:
            case "POST", "", _:
                if known is not None:
                    raise Refusal(409, "existingResource")
                return self._put(kind, self._judged(kind, body))
            case (("GET" | "PATCH"), _, "") | ("POST", _, "addMessage") if known is None:
                raise Refusal(404, "resourceNotFound")
            case "GET", _, "":
                return dict(known or {})
            case "PATCH", _, "":
                return self._patched(kind, known or {}, body)
            case "POST", _, "addMessage":
                return {"resource": self._with_message(kind, known or {}, body)}
        raise Refusal(405, "methodNotAllowed")

    def check_payload(self, payload: Any) -> None:
        """Whether these classes and objects could be saved. Raises Refusal."""
        if not isinstance(payload, dict) or not payload.get("loyaltyObjects"):
            raise Refusal(400, "badRequest", "no pass in it")
        brought = {each.get("id") for each in payload.get("loyaltyClasses", [])}
        for each in payload.get("loyaltyClasses", []):
            self._judged(_CLASSES, each)
        for each in payload["loyaltyObjects"]:
            if set(each) == {"id", "classId"}:  # a short link names what is there
                if each["id"] not in self.resources[_OBJECTS]:
                    raise Refusal(404, "resourceNotFound")
            else:
                self._judged(_OBJECTS, each, classes=brought)

    def save(self, object_id: str, *, is_saved: bool) -> None:
        """The phone's owner has the card from now on, or no longer."""
        self.resources[_OBJECTS][object_id]["hasUsers"] = is_saved
        self._keep()

    def _patched(self, kind: str, known: Resource, body: Any) -> Resource:
        merged = {**known, **(body or {})}
        wanted = {key: value for key, value in merged.items() if value is not None and key not in _READ_ONLY}
        is_notice = wanted.pop("notifyPreference", "") == "NOTIFY_ON_UPDATE"
        resource = self._judged(kind, wanted)
        if self.refuses_moves is not None and resource.get("classId") != known.get("classId"):
            raise Refusal(*self.refuses_moves)
        if is_notice and kind == _OBJECTS:
            self._notify(self.notices, resource["id"])
        return self._put(kind, {**resource, **{key: known[key] for key in _READ_ONLY if key in known}})

    def _with_message(self, kind: str, known: Resource, body: Any) -> Resource:
        message: Any = (body or {}).get("message")
        lying = known.get("messages", [])
        wanted = {key: value for key, value in known.items() if key not in _READ_ONLY} | {"messages": [message]}
        self._judged(kind, wanted)
        if len(lying) >= MESSAGES:
            raise Refusal(400, "badRequest", "too many messages")
        if message.get("messageType") == "TEXT_AND_NOTIFY":
            self._notify(self.announced, known["id"])
        return self._put(kind, {**known, "messages": [*lying, message]})

    def _notify(self, given: list[tuple[str, int]], name: str) -> None:
        now = self.now()
        if sum(each == name and at > now - _DAY for each, at in given) >= NOTICES_PER_DAY:
            raise Refusal(403, "quotaExceeded")
        given.append((name, now))

    def _judged(self, kind: str, resource: Any, *, classes: Collection[Any] = ()) -> Resource:
        """A whole resource that Google would take. `classes`: told in the same breath."""
        found = objection(kind, resource)
        if found:
            raise Refusal(400, "badRequest", found)
        if not resource["id"].startswith(f"{self.issuer_id}."):
            raise Refusal(403, "permissionDenied")
        if kind == _OBJECTS and resource["classId"] not in {*self.resources[_CLASSES], *classes}:
            raise Refusal(404, "classNotFound")
        return dict(resource)

    def _put(self, kind: str, resource: Resource) -> Resource:
        approved = {"reviewStatus": "APPROVED"} if kind == _CLASSES else {"hasUsers": False}
        stored = {**resource, **approved} if kind == _CLASSES else {**approved, **resource}
        self.resources[kind][resource["id"]] = stored
        self._keep()
        self._tell(kind, resource["id"])
        return dict(stored)

    def _tell(self, kind: str, name: str) -> None:
        """Whoever waits for a change: a class changes all its objects."""
        own = [each["id"] for each in self.resources[_OBJECTS].values() if each["classId"] == name]
        with self.changed:
            for each in [name, *(own if kind == _CLASSES else [])]:
                self.changed_at[each] = max(self.now(), self.changed_at.get(each, 0) + 1)
            self.changed.notify_all()

    def _keep(self) -> None:
        if self.kept_at is not None:
            write_whole(self.kept_at, json.dumps(self.resources, ensure_ascii=False).encode())
