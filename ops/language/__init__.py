"""The definition language told to people and editors: its JSON Schema and its reference, from one description."""
