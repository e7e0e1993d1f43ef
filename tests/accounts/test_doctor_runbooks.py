"""Whatever the doctor sends people to is there."""

import re
from pathlib import Path

_PROJECT = Path(__file__).parent.parent.parent


def test_every_document_that_a_row_names_is_there() -> None:
    texts = [path.read_text() for path in (_PROJECT / "ops" / "doctor").glob("*.py")]
    named = {name for text in texts for name in re.findall(r"docs/[a-z/-]+\.md", text)}
    assert len(named) > 4
    assert [name for name in sorted(named) if not (_PROJECT / name).exists()] == []
