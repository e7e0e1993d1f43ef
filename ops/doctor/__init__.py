"""What an operator asks when something feels wrong, and every Monday: is everything there, in time, and the same."""
