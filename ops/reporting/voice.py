"""A report in one language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.backtest.voice import Voice

WORDS: Mapping[str, Mapping[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
"""By language and key."""


@dataclass(frozen=True, slots=True)
class ReportVoice(Voice):
    """Says what a report says; figures as everywhere."""

    def say(self, key: str, **filled: str) -> str:
        """A sentence or a label, with its figures."""
        return WORDS[self.language][key].format(**filled)
