"""What somebody hostile tries, and what must come of it."""
