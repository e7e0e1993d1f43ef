"""The gallery: every program in it reads, has nothing to mend, and explains itself."""

from pathlib import Path

import pytest
from program_factory import GALLERY

from chalicelib.programs.lint import lint
from chalicelib.programs.reading import read
from chalicelib.programs.texts import explain_text, terms

FILES = sorted(GALLERY.glob("*.yaml"))

WARNED = {
    # A gift for joining, and points that pay for all of an order, are both what this shop promises.
    "koza-club": ["earn.rules[1].give"],
    # Money by the month, five categories and their rules together are what this coalition promises.
    "svoy-krug": ["currencies"],
    # Points that wait to the end of the next month end on any day of the year.
    "vtb-multibonus": ["currencies"],
}
"""What published rules cost that nobody here can mend: paths of warnings, by program. Errors are never among them."""


def test_the_gallery_holds_the_demo_program() -> None:
    assert "bean-street.yaml" in [file.name for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_program_of_the_gallery_has_nothing_to_mend_and_explains_itself(file: Path) -> None:
    definition = read(file.read_text(encoding="utf-8"), file=file.name)
    assert file.stem == definition.program
    findings = lint(definition, file=file.name)
    assert [finding.path for finding in findings] == WARNED.get(file.stem, [])
    assert {finding.weight for finding in findings} <= {"warning"}
    for language in definition.languages:
        assert terms(definition, language)
        assert explain_text(definition, language)
