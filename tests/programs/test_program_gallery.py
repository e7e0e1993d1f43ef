"""The gallery: every program in it reads, has nothing to mend, and explains itself."""

from pathlib import Path

import pytest
from program_factory import GALLERY

from chalicelib.programs.lint import lint
from chalicelib.programs.reading import read
from chalicelib.programs.texts import explain_text, terms

FILES = sorted(GALLERY.glob("*.yaml"))


def test_the_gallery_holds_the_demo_program() -> None:
    assert "bean-street.yaml" in [file.name for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_program_of_the_gallery_has_nothing_to_mend_and_explains_itself(file: Path) -> None:
    definition = read(file.read_text(encoding="utf-8"), file=file.name)
    assert file.stem == definition.program
    findings = lint(definition, file=file.name)
    assert [str(finding) for finding in findings if finding.weight != "note"] == []
    for language in definition.languages:
        assert terms(definition, language)
        assert explain_text(definition, language)
