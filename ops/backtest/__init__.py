"""`pointpass backtest`: a program tried on a merchant's own order history."""
