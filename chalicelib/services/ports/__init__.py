"""What the services need from the outside world. The doors implement these; services know nothing else."""

from chalicelib.services.ports.cards import (
    Card,
    CardPage,
    Cards,
    Heard,
    Held,
    ListedCard,
    PushAnswer,
    Pusher,
    PushReaction,
    Registration,
)
from chalicelib.services.ports.deliveries import Books, Delivery, Inbox, Listed, Mailer, Page, Queue, Translate
from chalicelib.services.ports.ledger import Audit, Commit, Ledger, Outcome, Views
from chalicelib.services.ports.people import Members, Vault
from chalicelib.services.ports.pictures import Pictures, Sheet
from chalicelib.services.ports.programs import Bookmark, Connection, PauseLine, Programs, Wallet
from chalicelib.services.ports.sweeps import Due, DuePage, Dues
from chalicelib.services.ports.walks import Repushes, Walks
from chalicelib.services.ports.world import Alarm, Chance, Clock

__all__ = [
    "Alarm",
    "Audit",
    "Bookmark",
    "Books",
    "Card",
    "CardPage",
    "Cards",
    "Chance",
    "Clock",
    "Commit",
    "Connection",
    "Delivery",
    "Due",
    "DuePage",
    "Dues",
    "Heard",
    "Held",
    "Inbox",
    "Ledger",
    "Listed",
    "ListedCard",
    "Mailer",
    "Members",
    "Outcome",
    "Page",
    "PauseLine",
    "Pictures",
    "Programs",
    "PushAnswer",
    "PushReaction",
    "Pusher",
    "Queue",
    "Registration",
    "Repushes",
    "Sheet",
    "Translate",
    "Vault",
    "Views",
    "Walks",
    "Wallet",
]
