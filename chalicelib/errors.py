"""The five kinds of "no".

Every refusal in the house is one of these. A door maps the kind to its own answer (HTTP status, queue retry,
alarm); nobody else decides that. Facts are short and safe to log: never a body, a secret or an address.
"""


class LoyaltyError(Exception):
    """Base of the five. `reason` is a stable snake_case id; `facts` say which thing it is about."""

    def __init__(self, reason: str, **facts: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.reason} ({told})" if told else self.reason


class Untrusted(LoyaltyError):
    """The sender could not prove who they are. Nothing is written."""


class Malformed(LoyaltyError):
    """The sender is genuine, the content cannot be understood. It is kept for a replay."""


class Refused(LoyaltyError):
    """The rules say no. `reason` is the id of the rule; nobody is at fault."""


class TryAgain(LoyaltyError):
    """We, or a neighbour, cannot do it right now. Repeating is safe."""


class Broken(LoyaltyError):
    """Our own fault. It is parked and somebody is woken."""
