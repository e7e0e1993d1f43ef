"""Which alarm each name rings. An alarm that watched four names would cost as much as four, so each has a number."""

from collections.abc import Mapping

BELLS: Mapping[str, str] = {
    "orders_at_risk": "PointsAtRisk",
    "ledger_violation": "LedgerBroken",
    "ledger_violations": "LedgerBroken",
    "journal_tampered": "LedgerBroken",
    "unreadable_entry": "LedgerBroken",
    "night_too_long": "NightNotDone",
    "ledger_not_checked": "NightNotDone",
    "push_configuration_wrong": "PushRefused",
    "many_dead_tokens": "PushRefused",
    "push_given_up": "PushGivenUp",
    "google_refused": "GoogleFails",
    "google_given_up": "GoogleFails",
    "google_class_refused": "GoogleFails",
    "phones_complain": "PhonesComplain",
    "certificate_expires": "CertificateEnds",
    "certificate_refused": "CertificateEnds",
    "request_broke": "RequestsBroke",
    "handler_broke": "WorkBroke",
    "message_broken": "WorkBroke",
    "entry_not_followed": "WorkBroke",
    "sweep_broken": "WorkBroke",
    "visit_broken": "WorkBroke",
    "delivery_not_understood": "NotUnderstood",
    "listed_order_broken": "NotUnderstood",
    "books_not_read": "BooksNotRead",
    "subscription_was_gone": "BooksNotRead",
    "clock_skew": "ClockWrong",
    "vouchers_not_given": "VouchersNotGiven",
    "data_requested": "DataRequested",
    "restore_accepted": "RestoreAccepted",
    "pause_forgotten": "PauseForgotten",
}
"""The names that the code raises, as infra/alarms.yaml groups them."""
