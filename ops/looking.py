"""Words in which CloudWatch Logs Insights is asked for the lines of the log."""

from collections.abc import Sequence


def all_of(ids: Sequence[str]) -> str:
    """Every line that belongs to these ids, from the webhook to the push."""
    listed = ", ".join(f'"{each}"' for each in ids)
    return f"fields @timestamp, event, trace, ms, outcome, why, @log | filter trace in [{listed}] | sort @timestamp"


def named(names: Sequence[str]) -> str:
    """The last lines by these names, each with the id of what it belongs to."""
    listed = ", ".join(f'"{each}"' for each in names)
    return f"fields @timestamp, trace, @message | filter event in [{listed}] | sort @timestamp desc | limit 20"
