"""What a program costs to run: the units of a recorded run, priced from a dated table."""
