"""The definition language: what a program promises, as data, and what an order is worth under it."""
