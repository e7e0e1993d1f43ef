"""What the services need from the outside world. The doors implement these; services know nothing else."""

from chalicelib.services.ports.cards import Card, Cards, PushAnswer, Pusher, PushReaction, Registration
from chalicelib.services.ports.deliveries import Books, Delivery, Inbox, Listed, Mailer, Page, Queue, Translate
from chalicelib.services.ports.ledger import Audit, Commit, Ledger, Outcome, Views
from chalicelib.services.ports.people import Members, Vault
from chalicelib.services.ports.programs import Bookmark, Connection, Programs
from chalicelib.services.ports.sweeps import Due, DuePage, Dues
from chalicelib.services.ports.world import Alarm, Chance, Clock

__all__ = [
    "Alarm",
    "Audit",
    "Bookmark",
    "Books",
    "Card",
    "Cards",
    "Chance",
    "Clock",
    "Commit",
    "Connection",
    "Delivery",
    "Due",
    "DuePage",
    "Dues",
    "Inbox",
    "Ledger",
    "Listed",
    "Mailer",
    "Members",
    "Outcome",
    "Page",
    "Programs",
    "PushAnswer",
    "PushReaction",
    "Pusher",
    "Queue",
    "Registration",
    "Translate",
    "Vault",
    "Views",
]
