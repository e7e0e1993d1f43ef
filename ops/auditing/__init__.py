"""Who did what to which stage: what a command may do, what is asked before it, and the line that it leaves."""
