"""What rules for activities still get wrong."""

from collections.abc import Iterator

from chalicelib.programs.definition import ActivityRule, Definition
from chalicelib.programs.noting import Note

_NO_LETTERS = ("app.installed", "visit.checked_in", "card.reloaded", "vote.cast", "newsletter.joined")
_NO_MONEY = ("review.created", "survey.completed", "nps.answered", "profile.filled", "vote.cast")


def lint_activities(definition: Definition) -> Iterator[Note]:
    """Rules of one activity that disagree, declared activities that nothing rewards, conditions that never hold."""
    first: dict[str, ActivityRule] = {}
    for index, rule in enumerate(definition.earn.rules):
        if not isinstance(rule, ActivityRule):
            continue
        path = f"earn.rules[{index}]"
        known = first.setdefault(rule.activity, rule)
        if known.once_per != rule.once_per:
            message = f'"{known.name}" rewards the same activity once per {known.once_per}'
            yield Note(f"{path}.once_per", message, f"Say {known.once_per} here, too.")
        if rule.min_length and rule.activity in _NO_LETTERS:
            yield Note(f"{path}.min_length", "nothing is written in this activity", "Leave the length out.")
        if rule.min_amount and rule.activity in _NO_MONEY:
            yield Note(f"{path}.min_amount", "nothing is paid in this activity", "Leave the amount out.")
    for activity in definition.activities:
        if activity.key not in first:
            message = "no rule rewards this activity"
            yield Note(
                f"activities.{activity.key}", message, "Add a rule with on, or leave the activity out.", "warning"
            )
