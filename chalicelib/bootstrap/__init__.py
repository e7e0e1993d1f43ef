"""Builds the real adapters, once per container, and puts the house together."""

from chalicelib.bootstrap.house import House, house

__all__ = ["House", "house"]
