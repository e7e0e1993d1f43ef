"""`pointpass preview`: how a program's card looks in every wallet, before it is published."""
