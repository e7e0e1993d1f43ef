"""A program's books as JSON Lines, for other programs."""
