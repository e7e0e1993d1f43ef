"""Parts that are made when they are first asked for: a function loads what it uses, and waits for nothing else."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

P = TypeVar("P")


class Parts:
    """What is declared with `cached_property`, each made once; those that are given are not made.

    Threads may share them. Where two ask for a part at the same first moment, both may make one: making a part calls
    nothing and counts nothing.
    """

    def __init__(self, **given: object) -> None:
        self._give(given)

    def replaced(self, **given: object) -> Self:
        """The same parts but for these. What was made from the old ones before stays as it is."""
        other = copy.copy(self)
        other._give(given)
        return other

    def has(self, name: str) -> bool:
        """Is this part given or made already?"""
        return name in vars(self)

    @classmethod
    def named(cls) -> list[str]:
        """The names of all parts, in alphabetical order."""
        return sorted({name for kind in cls.__mro__ for name, made in vars(kind).items() if _is_part(made)})

    def _give(self, given: dict[str, object]) -> None:
        unknown = sorted(given.keys() - set(self.named()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no part {', '.join(unknown)}")
        vars(self).update(given)


def _is_part(made: object) -> bool:
    return isinstance(made, cached_property)


def late(make: Callable[[], P]) -> P:
    """A stand-in for a part that most requests never need: the first use of anything it has makes it."""
    return cast(P, _Late(make))


class _Late:
    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)
