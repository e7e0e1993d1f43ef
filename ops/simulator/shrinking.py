"""The smallest story that still goes wrong: parts are left out while the same thing stays wrong (delta debugging).

Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
"""

import re
from collections.abc import Callable, Sequence

from ops.simulator.happenings import Happening
from ops.simulator.run import run
from ops.simulator.story import Story

_VARIES = re.compile(r"[A-Za-z0-9_-]{22}|\d+")
MOST_RUNS = 300


def likeness(violation: str) -> str:
    """What kind of thing is wrong, whichever account or order it is."""
    return _VARIES.sub("?", violation.partition(": ")[2] or violation)


def is_still_wrong(violations: Sequence[str]) -> Callable[[Story], bool]:
    """Whether a story shows one of these violations, or one just like it."""
    kinds = {likeness(violation) for violation in violations}
    return lambda story: any(likeness(each) in kinds for each in run(story).violations)


def shrunk(story: Story, is_wrong: Callable[[Story], bool], *, most_runs: int = MOST_RUNS) -> Story:
    """A story from which hardly anything can be left out. `story` itself must be wrong."""
    parts, left = 2, most_runs
    while len(story.happenings) > 1 and left > 0:
        for chunk in _chunks(story.happenings, parts):
            left -= 1
            smaller = story.without(chunk)
            if is_wrong(smaller):
                story, parts = smaller, max(parts - 1, 2)
                break
            if left <= 0:
                return story
        else:
            if parts >= len(story.happenings):
                return story
            parts = min(parts * 2, len(story.happenings))
    return story


def _chunks(happenings: Sequence[Happening], parts: int) -> list[Sequence[Happening]]:
    size = -(-len(happenings) // parts)
    return [happenings[start : start + size] for start in range(0, len(happenings), size)]
