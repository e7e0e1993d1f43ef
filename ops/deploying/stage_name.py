"""What a deployed stage may be called."""

import re

import click

PATTERN = "(?!(boundary|deploy|keeper|operator|publisher|reader|restorer)$)[a-z0-9]{1,20}"
"""As the roles of infra/deploy-role.yaml and infra/operator-roles.yaml take it."""

_LAPTOP = "the laptop runs what is checked out (make run): nothing is deployed there, and it has no versions"
_NO_NAME = "a stage is called by 1 to 20 small letters and digits, and by none of the words for roles, such as deploy"


class StageName(click.ParamType[str]):
    """Checked before anybody is signed in: an account that does not answer would hide what is wrong."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises BadParameter."""
        if value == "laptop":
            self.fail(_LAPTOP, param, ctx)
        return value if re.fullmatch(PATTERN, value) else self.fail(_NO_NAME, param, ctx)
