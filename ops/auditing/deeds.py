"""What each command does, in one table: whether it is asked about, whether it leaves a line, and whose work it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["here", "reads", "takes", "changes", "destroys"]
"""here: touches no stage. reads: only looks. takes: changes nothing, but brings out people's data, winners or what is
owed. changes: adds, or can be put back. destroys: removes, ends, writes over, gives away, or reaches everybody.

What destroys is asked about by the stage's name, and so is what binds the shop; whatever does more than read leaves a
line. What stops something in a hurry is not asked about: it can be taken back.
"""

Role = Literal["reader", "operator", "publisher", "keeper", "restorer", "deployer"]
"""Of infra/operator-roles.yaml, and of infra/deploy-role.yaml. A command that changes something only when it is told to
is the reader's until then.
"""

LINES: tuple[Kind, ...] = ("takes", "changes", "destroys")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a command does, and what it needs for that.

    only_with: parameters of which one must be given; without them the command only reads
    unless: a parameter with which it only reads
    ground: where it acts. stage: one that is there. account: an account that may have no such stage yet. own: it finds
        the stage by itself, to say what is wrong with it
    bare: a parameter that names a place in an account instead of a stage: nothing can keep a line there
    asks: when the stage's name is asked for. first: before anything. itself: by the command, when it has shown what
        it would do
    looker: the role with which it only reads
    hurries: it is done even while its line cannot be written: it stops something, and keeps a row of its own about it
    binds: what it takes cannot be taken back once it is told, such as winners
    shown: texts that may stand in the line: neither secrets nor of people. Flags, numbers, days and words out of a list
        always may, and so does the program
    """

    kind: Kind
    role: Role = "reader"
    only_with: tuple[str, ...] = ()
    unless: str = ""
    ground: Literal["stage", "account", "own"] = "stage"
    bare: str = ""
    asks: Literal["first", "itself"] = "first"
    looker: Role = "reader"
    binds: bool = False
    hurries: bool = False
    shown: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Is the stage's name asked for, when it does what it can?"""
        return self.kind == "destroys" or self.binds

    def role_for(self, kind: Kind) -> Role:
        """Who may do it, when it does so much."""
        return self.role if kind == self.kind else self.looker

    def done_with(self, params: Mapping[str, Any]) -> Kind:
        """What it does when it is given these parameters."""
        if self.only_with and not any(params.get(name) for name in self.only_with):
            return "reads"
        if self.unless and params.get(self.unless):
            return "reads"
        return self.kind


_HERE, _READS = Deed("here"), Deed("reads")

DEEDS: Mapping[str, Deed] = {
    # On this computer.
    "apple request": _HERE,
    "backtest": _HERE,
    "cost": _HERE,
    "draw check": _HERE,
    "explain": _HERE,
    "lint": _HERE,
    "new": _HERE,
    "preview": _HERE,
    "schema": _HERE,
    "simulate": _HERE,
    "terms": _HERE,
    "traffic": _HERE,
    # Looking.
    "apple show": Deed("reads", "keeper", bare="region"),
    "doctor": Deed("reads", "keeper", ground="own"),
    "household show": _READS,
    "inbox list": _READS,
    "inbox show": _READS,
    "key list": _READS,
    "liability": _READS,
    "member show": _READS,
    "nps": _READS,
    "paused": _READS,
    "phones": _READS,
    "referral list": _READS,
    "report": _READS,
    "staff list": _READS,
    "statement": _READS,
    "totals": _READS,
    "trace": Deed("reads", "operator"),
    "trail": _READS,
    "verify": _READS,
    "voucher look": _READS,
    "waiting": _READS,
    # By hand.
    "export": Deed("takes", "keeper"),
    "member erase": Deed("destroys", "operator", unless="dry_run", asks="itself", looker="operator"),
    "member export": Deed("takes", "operator"),
    "adjust": Deed("destroys", "operator", shown=("reference", "currency")),
    "draw tickets": Deed("takes", "operator", shown=("name",)),
    "draw winners": Deed("takes", "operator", binds=True, shown=("name",)),
    "household join": Deed("changes", "operator"),
    "household leave": Deed("destroys", "operator"),
    "inbox drop": Deed(
        "destroys", "operator", unless="dry_run", asks="itself", looker="operator", shown=("connection",)
    ),
    "inbox replay": Deed("changes", "operator", only_with=("yes",), looker="operator", shown=("key",)),
    "level": Deed("destroys", "operator", shown=("name", "reference")),
    "member passes": Deed("takes", "keeper"),
    "member set": Deed("changes", "operator"),
    "merge": Deed("destroys", "operator"),
    "pause": Deed("changes", "operator", hurries=True, shown=("connection",)),
    "reconcile": Deed("changes", "operator", shown=("connection",)),
    "referral refuse": Deed("destroys", "operator"),
    "referral release": Deed("destroys", "operator"),
    "resume": Deed("changes", "operator", shown=("connection",)),
    "settle": Deed("takes", "operator", binds=True),
    "unmerge": Deed("destroys", "operator"),
    "voucher bring": Deed("destroys", "operator", shown=("kind",)),
    "voucher give-back": Deed("destroys", "operator", shown=("amount", "reference")),
    "voucher issue": Deed("destroys", "operator", shown=("kind", "worth", "reference")),
    "voucher undo": Deed("destroys", "operator", shown=("redemption",)),
    "voucher use": Deed("destroys", "operator", shown=("amount", "goods", "reference")),
    # Rules, and what everybody sees.
    "message": Deed("destroys", "publisher", only_with=("texts", "withdraw"), unless="dry_run", shown=("withdraw",)),
    "publish": Deed("destroys", "publisher", asks="itself"),
    "reprice": Deed("destroys", "publisher", only_with=("is_real",), asks="itself", shown=("bad", "good")),
    "republish": Deed("destroys", "publisher"),
    # Keys, secrets, connections.
    "apple install": Deed("changes", "keeper", bare="region", shown=("secret",)),
    "apple renew": Deed("destroys", "keeper", bare="region", shown=("secret",)),
    "connect": Deed("changes", "keeper", shown=("name",)),
    "google setup": Deed("destroys", "keeper", only_with=("key_file",), bare="region", shown=("issuer", "secret")),
    "key create": Deed("changes", "keeper", shown=("name",)),
    "key revoke": Deed("destroys", "keeper", shown=("key_id",)),
    "key rotate": Deed("changes", "keeper", shown=("key_id",)),
    "mail check": Deed("takes", "keeper"),
    "mail records": Deed("changes", "keeper", only_with=("ses",), shown=("domain",)),
    "pass-type": Deed("destroys", "keeper", only_with=("name",), shown=("name", "team", "secret")),
    "rotate": Deed("changes", "keeper", shown=("connection",)),
    "staff add": Deed("changes", "keeper", shown=("name", "role")),
    "staff disable": Deed("destroys", "keeper", shown=("name",)),
    "staff enable": Deed("changes", "keeper", shown=("name",)),
    "staff password": Deed("destroys", "keeper", shown=("name",)),
    "staff remove": Deed("destroys", "keeper", shown=("name",)),
    "staff role": Deed("changes", "keeper", shown=("name", "role")),
    # Bad days, and their rehearsal.
    "drill restore": Deed("changes", "restorer"),
    "night": Deed("changes", "restorer"),
    "repair": Deed("destroys", "restorer", only_with=("is_meant",)),
    "reseal": Deed("destroys", "restorer"),
    "restoring begin": Deed("destroys", "restorer"),
    "restoring copy": Deed("changes", "restorer"),
    "restoring end": Deed("destroys", "restorer"),
    # The stage itself.
    "deploy": Deed("destroys", "deployer", unless="check", ground="account", asks="itself", looker="deployer"),
    "rollback": Deed(
        "destroys", "deployer", unless="check", ground="account", asks="itself", looker="deployer", shown=("package",)
    ),
    "teardown": Deed("destroys", "deployer", ground="account", asks="itself"),
}
