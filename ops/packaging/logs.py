"""What Lambda itself writes into the logs: three lines for every invocation, unless a function is told to be quiet.

A function that is called for every purchase and every card keeps Lambda's warnings alone; how long it took stays in
Lambda's metrics. The others write little, and keep what their memory was. The house's own lines are JSON already, and
Lambda leaves such lines as they are.

Source: docs.aws.amazon.com/lambda, "Configuring advanced logging controls for Lambda functions".
"""

from typing import Any

QUIET = {"hooks": "Hooks", "wallets": "Wallets", "on_journal": "OnJournal", "on_cards": "OnCards"}
"""In .chalice/config.json, and in the template."""

_LEVELS = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}


def quieten(template: dict[str, Any]) -> None:
    """Let the busy functions keep no START, END and REPORT."""
    for name in QUIET.values():
        template["Resources"][name]["Properties"]["LoggingConfig"] |= _LEVELS
