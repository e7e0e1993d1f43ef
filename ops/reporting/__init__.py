"""`pointpass report`: the figures owners watch, at a terminal, as JSON and as a page."""
