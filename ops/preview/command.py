"""`pointpass preview`."""

import webbrowser
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from chalicelib.errors import LoyaltyError
from chalicelib.programs.definition import Definition
from chalicelib.programs.reading import DefinitionError, read
from ops.looks.opening import PictureRefused
from ops.looks.preparing import prepared
from ops.options import text_of
from ops.preview.camera import browser, photographs
from ops.preview.samples import STATES, State
from ops.preview.sheet import Sheet, sheet_of
from ops.preview.together import together as side_by_side
from ops.preview.wallets import Wallets

_screen = Console()
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--language", default="", help="In which of its languages: en, ru, all. The program's first if left out.")
@click.option("--state", type=click.Choice(STATES), default="typical", show_default=True, help="Whose card it is.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("build/preview"), show_default=True,
    help="The folder for the pictures.",
)  # fmt: skip
@click.option("--together", type=_NEW_FILE, help="Put the bare cards of all of them on one more picture, this one.")
@click.option("--open", "is_opened", is_flag=True, help="Show the first sheet.")
def preview(
    *, files: tuple[Path, ...], language: str, state: State, out: Path, together: Path | None, is_opened: bool
) -> None:
    """Draw the cards of programs in every wallet, before anything is published.

    For each program one sheet with all of them, and each alone, as PNG files. They are drawn from the very pass, object
    and page that a member would get; the member is invented.
    """
    wallets = Wallets.open()
    sheets = [sheet for file in files for sheet in _sheets(file, wallets, state, language)]
    out.mkdir(parents=True, exist_ok=True)
    cards = []
    with browser() as running:
        for sheet in sheets:
            taken, bare = photographs(running, sheet)
            cards.append(bare)
            for phone, picture in taken.items():
                (out / f"{sheet.name}{f'-{phone}' if phone else ''}.png").write_bytes(picture)
            _screen.print(f"{sheet.business}: {out / sheet.name}.png", highlight=False, soft_wrap=True)
    if together is not None:
        together.write_bytes(side_by_side(cards))
    if is_opened:
        webbrowser.open((out / f"{sheets[0].name}.png").resolve().as_uri())


def _sheets(file: Path, wallets: Wallets, state: State, asked: str) -> Iterator[Sheet]:
    definition = _read(file)
    languages = _languages(definition, asked)
    pictures = _pictures(definition, file.parent, wallets)
    for language in languages:
        try:
            yield sheet_of(definition, wallets, state, language, pictures)
        except LoyaltyError as err:
            raise click.ClickException(f"{definition.program}: no wallet would take this card: {err}") from err


def _pictures(definition: Definition, folder: Path, wallets: Wallets) -> str:
    """Prepare the program's pictures as publishing does; the name of their sheet."""
    try:
        return wallets.pictures.keep(prepared(definition, folder))
    except PictureRefused as err:
        raise click.ClickException(f"{definition.program}: {err}") from err


def _languages(definition: Definition, asked: str) -> tuple[str, ...]:
    if asked == "all":
        return definition.languages
    if asked and asked not in definition.languages:
        spoken = ", ".join(definition.languages)
        raise click.ClickException(f"{definition.program} does not speak {asked}; it speaks {spoken}.")
    return (asked or definition.languages[0],)


def _read(file: Path) -> Definition:
    try:
        return read(text_of(file), file=str(file))
    except DefinitionError as err:
        raise click.ClickException("\n".join(str(finding) for finding in err.findings)) from err
