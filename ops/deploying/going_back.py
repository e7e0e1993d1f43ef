"""Which earlier version callers are led to, function by function, when a deployment is taken back by hand.

A deployment publishes a version of every function that it changes, and the alias `live` leads callers to it. The
versions before stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from ops.deploying import DeployFailed
from ops.deploying.account import Account, Version

_SHOWN = 8
"""Letters of a package's sha256 that a terminal shows."""
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Move:
    """`function`: as the template calls it     `called`: as AWS does     `to`: as `now` where nothing changes"""

    function: str
    called: str
    now: Version
    to: Version

    @property
    def is_one(self) -> bool:
        return self.to != self.now


@dataclass(frozen=True, slots=True)
class _Function:
    """`versions`: all that were published, the oldest first"""

    name: str
    called: str
    live: Version
    versions: Sequence[Version]

    @property
    def is_behind(self) -> bool:
        """Whether callers meet an earlier version than the newest."""
        return self.versions[-1] != self.live

    @property
    def before(self) -> Version | None:
        """The version before the one that callers meet."""
        return next((each for each in reversed(self.versions) if each.number < self.live.number), None)

    def of(self, code: str) -> Version:
        """Of this package: the one before, the one that callers meet, or the newest. As it is where it has none."""
        own = [each for each in self.versions if each.code == code]
        near = next((each for each in (self.before, self.live) if each in own), None)
        return near or self.newest(code)

    def newest(self, code: str) -> Version:
        """The newest of this package. As it is where it has none."""
        return next((each for each in reversed(self.versions) if each.code == code), self.live)


def planned(account: Account, stack: str, to: str = "") -> Sequence[Move]:
    """Every function of a stack, with the version that it goes to. Raises DeployFailed.

    to: the first letters of a package's sha256, of which every function goes to its newest version; "" for the
        deployment before. That is the newest package among the versions before the present ones. A function that runs
        it already stays: so what was done by half is done in full by the same command, and a deployment that changed
        one function alone is taken back for this one. What was led back already goes no further back without a name.
    """
    found = _functions(account, stack)
    if to:
        code = _named(found, to)
        moves = [Move(each.name, each.called, each.live, each.newest(code)) for each in found]
    else:
        code = _before(found, stack)
        moves = [Move(each.name, each.called, each.live, each.of(code)) for each in found]
        if any(move.is_one and each.is_behind for move, each in zip(moves, found, strict=True)):
            raise _led_back(found, stack)
    if not any(each.is_one for each in moves):
        raise DeployFailed(f"nothing was changed: callers of {stack} meet this version already")
    return moves


def ahead(account: Account, stack: str) -> str:
    """The package of the newest version, as it is shown, where callers meet an earlier one; "" where none do."""
    return _ahead(_functions(account, stack))


def left_behind(moves: Sequence[Move]) -> str:
    """The package that callers met before these moves, as it is shown: the newest, where they met several."""
    return max((each.now for each in moves if each.is_one), key=lambda each: each.published).code[:_SHOWN]


def go_back(account: Account, moves: Sequence[Move]) -> Iterator[Move]:
    """Lead callers to these versions; each is told when it is done. Raises DeployFailed that says how far it came."""
    left = [each for each in moves if each.is_one]
    while left:
        try:
            account.lead(left[0].called, left[0].to.number)
        except (ClientError, BotoCoreError) as err:
            names = ", ".join(each.function for each in left)
            raise DeployFailed(f"not led back yet: {names}. The same command once more goes on there. {err}") from err
        yield left.pop(0)


def shown(version: Version) -> str:
    """As a terminal shows it."""
    return f"{version.number}  {version.code[:_SHOWN]}  {version.published[:16].replace('T', ' ')}"


def _functions(account: Account, stack: str) -> Sequence[_Function]:
    return [_read(account, name, called) for name, called in sorted(account.functions(stack).items())]


def _read(account: Account, name: str, called: str) -> _Function:
    versions = sorted(account.versions(called), key=lambda each: each.number)
    number = account.live(called)
    live = next((each for each in versions if each.number == number), None)
    if live is None:
        raise DeployFailed(f"callers of {name} meet version {number}, which is not there any more")
    return _Function(name, called, live, versions)


def _before(found: Sequence[_Function], stack: str) -> str:
    before = [each.before for each in found if each.before is not None]
    if not before:
        if _ahead(found):
            raise _led_back(found, stack)
        raise DeployFailed(f"nothing was changed: {stack} has had one version so far, and none is before it")
    return max(before, key=lambda each: each.published).code


def _named(found: Sequence[_Function], to: str) -> str:
    known = _packages(found)
    meant = [code for code in known if code.startswith(to.lower())]
    if len(meant) == 1:
        return meant[0]
    raise DeployFailed(f"{to} begins {len(meant) or 'no'} package{'s' if meant else ''}. There are:{_listed(known)}")


def _ahead(found: Sequence[_Function]) -> str:
    late = [each.versions[-1] for each in found if each.is_behind]
    return max(late, key=lambda each: each.published).code[:_SHOWN] if late else ""


def _led_back(found: Sequence[_Function], stack: str) -> DeployFailed:
    says = f"nothing was changed: callers of {stack} meet an earlier version than the newest already"
    forward = f"--to {_ahead(found)} leads them forward, the letters of another package there"
    return DeployFailed(f"{says}. {forward}. There are:{_listed(_packages(found))}")


def _packages(found: Sequence[_Function]) -> Mapping[str, str]:
    """When each was published, by its sha256."""
    return {each.code: each.published for one in found for each in one.versions}


def _listed(known: Mapping[str, str]) -> str:
    newest = sorted(known, key=lambda code: known[code], reverse=True)[:_MOST_NAMED]
    return "".join(f"\n  {code[:_SHOWN]}  {known[code][:16].replace('T', ' ')}" for code in newest)
