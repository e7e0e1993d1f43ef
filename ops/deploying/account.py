"""What deploying needs of an account: a narrow port, so that every step can be tried without one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who deploys, and where to. `arn`: of the caller     `region`: such as eu-central-1"""

    account: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """`status`: ISSUED when it can be used     `names`: hosts, `*.` stands for one label"""

    status: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stack:
    """`status`: CloudFormation's word     `outputs`: by name"""

    name: str
    status: str
    outputs: Mapping[str, str]

    @property
    def is_there(self) -> bool:
        """A stack that was only proposed has no resources yet."""
        return self.status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that a deployment changes. `replaces`: True, False or Conditional, as CloudFormation says"""

    action: str
    name: str
    kind: str
    replaces: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a stack. `id`: unique     `why`: empty unless something went wrong"""

    id: str
    name: str
    kind: str
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Version:
    """A function as it was published. `code`: the sha256 of its package, hex     `published`: ISO 8601, in UTC"""

    number: int
    code: str
    published: str


@dataclass(frozen=True, slots=True)
class Rights:
    """`denied`: actions that the caller may not do     `unanswered`: those that IAM says nothing of, by its reason"""

    denied: Sequence[str]
    unanswered: Mapping[str, Sequence[str]]


class Account(Protocol):
    """One account and region of AWS."""

    def identity(self) -> Identity:
        """Raises DeployFailed when nobody is signed in."""

    def concurrent_executions(self) -> int:
        """How many functions may run at once in the account."""

    def certificate(self, arn: str) -> Certificate | None:
        """None when there is none of that name in this region."""

    def mail_is_in_sandbox(self, region: str) -> bool:
        """Whether the SES of a region writes to verified addresses only."""

    def has_secret(self, name: str) -> bool: ...

    def taken(self, kind: str, names: Sequence[str]) -> Sequence[str]:
        """Which of these names exist already. `kind`: a type of CloudFormation: a table, a queue or a bucket"""

    def rights(
        self, caller: str, deeds: Mapping[str, Sequence[str]], circumstances: Mapping[str, str]
    ) -> Rights | None:
        """What the caller may do; None when that may not be asked.

        deeds: actions by ARN, "*" where there is none yet
        circumstances: condition keys of the requests, with their values
        """

    def stack(self, name: str) -> Stack | None: ...

    def upload(self, bucket: str, key: str, content: Path | bytes, *, owner: str) -> str:
        """Put a file into a bucket of an account. The address for CloudFormation.

        Raises DeployFailed: there is no such bucket, or it is not the owner's.
        """

    def propose(
        self, stack: str, change_set: str, *, address: str, parameters: Mapping[str, str], is_new: bool
    ) -> None:
        """Begin a change set. Tags of the stack go to what it makes."""

    def proposed(self, stack: str, change_set: str) -> Sequence[Change] | None:
        """The changes; None while they are worked out. Raises DeployFailed with CloudFormation's reason."""

    def withdraw(self, stack: str, change_set: str) -> None:
        """Delete a change set that is not wanted."""

    def execute(self, stack: str, change_set: str) -> None: ...

    def delete(self, stack: str) -> None:
        """Begin to delete. Raises DeployFailed when the stack is protected."""

    def protect(self, stack: str, *, on: bool) -> None:
        """Whether the stack can be deleted."""

    def steps(self, stack: str) -> Iterator[Step]:
        """The stack's events, the newest first, of all times."""

    def functions(self, stack: str) -> Mapping[str, str]:
        """The functions of a stack: what AWS calls them, by their names in the template."""

    def versions(self, function: str) -> Sequence[Version]:
        """All that were published and are there still. `function`: as AWS calls it"""

    def live(self, function: str) -> int:
        """The number of the version that callers meet."""

    def lead(self, function: str, version: int) -> None:
        """Let all callers meet this version from now on."""
