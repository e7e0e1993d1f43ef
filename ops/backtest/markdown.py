"""A report that a pull request can carry."""

import html
from collections.abc import Iterator

from ops.backtest.telling import Story, TableText
from ops.backtest.voice import Voice

_MARKS = {"black": "🟢", "red": "🔴", "unknown": "🟡"}


def markdown(story: Story, voice: Voice) -> str:
    """Verdict and summary in sight, the rest folded."""
    return "\n".join(_lines(story, voice)) + "\n"


def _lines(story: Story, voice: Voice) -> Iterator[str]:
    yield f"## {_text(story.title)}\n\n{story.subtitle}\n"
    for verdict in story.verdicts:
        name = f"**{_text(verdict.name)}**: " if len(story.verdicts) > 1 else ""
        head, *rest = verdict.sentences
        yield f"{_MARKS[verdict.sign]} {name}**{head}** {' '.join(rest)}\n"
    for table in story.tables:
        if table.key in ("summary", "changes"):
            yield f"### {_text(table.title)}\n\n{_table(table)}\n"
        else:
            yield f"<details><summary>{_text(table.title)}</summary>\n\n{_table(table)}\n\n</details>\n"
        if table.key == "changes":
            yield " ".join(story.changes) + "\n"
    yield _list(voice.say("assumed"), story.assumed)
    yield _list(voice.say("left_out"), story.left_out or (voice.say("nothing_left_out"),))
    yield f"<sub>{voice.say('made')}</sub>"


def _table(told: TableText) -> str:
    ruler = ["---", *["---:"] * (len(told.headings) - 1)]
    rows = [told.headings, ruler, *told.rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)


def _cell(text: str) -> str:
    return _text(text).replace("\\", "\\\\").replace("|", "\\|")


def _text(text: str) -> str:
    """Names come from a definition: they are text, not markup."""
    return html.escape(" ".join(text.split()), quote=False)


def _list(title: str, lines: tuple[str, ...]) -> str:
    told = "\n".join(f"- {line}" for line in lines)
    return f"<details><summary>{title}</summary>\n\n{told}\n\n</details>\n"
