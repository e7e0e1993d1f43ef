"""A program tried on what really happened: a history of sales and returns, replayed by the rules that run every day."""
