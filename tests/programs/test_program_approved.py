"""What people read, whole: each text of a definition, each mistake in one and each thing to mend, as approved."""

import re
from pathlib import Path

import pytest
from approved_files import APPROVED, approved, definition_text, definitions

from chalicelib.programs.entry_size import crowded_entry_bytes, largest_entry_bytes, usual_entry_bytes
from chalicelib.programs.lint import lint
from chalicelib.programs.phrases import PHRASES
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.texts import Section, benefits, explain_text, terms

LANGUAGES = ("en", "ru")


def written(sections: tuple[Section, ...]) -> str:
    return "\n\n".join("\n".join((section.title, *(f"  {line}" for line in section.sentences))) for section in sections)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", definitions("texts"))
def test_a_definition_reads_as_approved_by_customers_members_and_its_owner(name: str, language: str) -> None:
    definition = read(definition_text("texts", name), file=f"{name}.yaml")
    told = "\n".join(
        (
            "### For customers",
            *benefits(definition, language),
            "\n### For members",
            written(terms(definition, language)),
            "\n### For the owner",
            explain_text(definition, language),
        )
    )
    assert approved("texts", f"{name}.{language}", told) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_we_write_is_part_of_an_approved_text(language: str) -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (APPROVED / "texts").glob(f"*.{language}.txt"))
    unsaid = [key for key, phrase in PHRASES[language].items() if not re.search(pattern(phrase), told)]
    assert unsaid == []


def pattern(phrase: str) -> str:
    """The phrase with anything in its places."""
    return ".+".join(re.escape(part) for part in re.split(r"\{[a-z_]+\}", phrase))


@pytest.mark.parametrize("name", definitions("mistakes"))
def test_the_mistakes_in_a_definition_are_told_as_approved(name: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(definition_text("mistakes", name), file=f"{name}.yaml")
    told = f"{refused.value}\n"
    assert approved("mistakes", name, told) == told


@pytest.mark.parametrize("name", definitions("lint"))
def test_what_a_definition_should_mend_is_told_as_approved(name: str) -> None:
    definition = read(definition_text("lint", name), file=f"{name}.yaml")
    told = "".join(f"{finding.weight}: {finding}\n" for finding in lint(definition, file=f"{name}.yaml"))
    assert approved("lint", name, told) == told


def test_the_size_of_an_entry_is_known_to_the_byte() -> None:
    lines = []
    for kind in ("texts", "lint"):
        for name in definitions(kind):
            definition = read(definition_text(kind, name), file=f"{name}.yaml")
            sizes = (of(definition) for of in (usual_entry_bytes, crowded_entry_bytes, largest_entry_bytes))
            lines.append(" ".join((name, *(f"{size:,}" for size in sizes))))
    told = "definition usual crowded largest (bytes)\n" + "\n".join(lines) + "\n"
    assert approved("", "sizes", told) == told


def test_every_approved_text_belongs_to_a_definition() -> None:
    def whose(path: Path) -> Path:
        return path.with_name(f"{path.name.split('.')[0]}.yaml")

    assert [path for path in APPROVED.glob("*/*.txt") if not whose(path).exists()] == []
