"""`pointpass schema`: the definition language for editors."""

import json

import click

from ops.language.schema import schema as whole


@click.command()
def schema() -> None:
    """Write the JSON Schema of a definition file, for editors that complete and check.

    Name it at the top of a definition: # yaml-language-server: $schema=program.schema.json
    """
    click.echo(json.dumps(whole(), indent=2, ensure_ascii=False))
