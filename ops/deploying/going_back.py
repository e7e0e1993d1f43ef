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
    def before(self) -> Version | None:
        """The version before the one that callers meet."""
        return next((each for each in reversed(self.versions) if each.number < self.live.number), None)

    def of(self, code: str) -> Version:
        """Of this package: the one before, the one that callers meet, or the newest. As it is where it has none."""
        own = [each for each in self.versions if each.code == code]
        near = next((each for each in (self.before, self.live) if each in own), None)
        return near or (own[-1] if own else self.live)


def planned(account: Account, stack: str, to: str = "") -> Sequence[Move]:
    """Every function of a stack, with the version that it goes to. Raises DeployFailed.

    to: the first letters of a package's sha256; "" for the deployment before. That is the newest package among the
        versions before the present ones. A function that runs it already stays: so what was done by half is done in
        full by the same command, and a deployment that changed one function alone is taken back for this one.
    """
    found = [_read(account, name, called) for name, called in sorted(account.functions(stack).items())]
    code = _named(found, to) if to else _before(found, stack)
    moves = [Move(each.name, each.called, each.live, _to(each, code, is_named=bool(to))) for each in found]
    if not any(each.is_one for each in moves):
        raise DeployFailed(f"nothing was changed: callers of {stack} meet this version already")
    return moves


def ahead(account: Account, stack: str) -> str:
    """The package of the newest version, as it is shown, where callers meet an earlier one; "" where none do."""
    found = (_read(account, name, called) for name, called in sorted(account.functions(stack).items()))
    late = [each.versions[-1] for each in found if each.versions[-1] != each.live]
    return max(late, key=lambda each: each.published).code[:_SHOWN] if late else ""


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
        raise DeployFailed(f"nothing was changed: {stack} has had one version so far, and none is before it")
    return max(before, key=lambda each: each.published).code


def _named(found: Sequence[_Function], to: str) -> str:
    known: Mapping[str, str] = {each.code: each.published for one in found for each in one.versions}
    meant = [code for code in known if code.startswith(to.lower())]
    if len(meant) == 1:
        return meant[0]
    newest = sorted(known, key=lambda code: known[code], reverse=True)[:_MOST_NAMED]
    listed = "".join(f"\n  {code[:_SHOWN]}  {known[code][:16].replace('T', ' ')}" for code in newest)
    raise DeployFailed(f"{to} begins {len(meant) or 'no'} package{'s' if meant else ''}. There are:{listed}")


def _to(function: _Function, code: str, *, is_named: bool) -> Version:
    """A named package that callers meet already is no reason to go to an earlier version of it."""
    return function.live if is_named and function.live.code == code else function.of(code)
