"""Builds the real adapters, each when it is first asked for, and the house over them."""

from chalicelib.bootstrap import written

written.use()

from chalicelib.bootstrap.house import House, house  # noqa: E402  # from here on classes are made

__all__ = ["House", "house"]
