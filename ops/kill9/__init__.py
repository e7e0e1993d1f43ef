"""Kill -9: what was acknowledged survives it, exactly once.

poster.py   a process that posts orders, refunds and redemptions and acknowledges each after its commit
trial.py    kills that process, or the engine below it, at random moments, and looks at what is there afterwards
"""
