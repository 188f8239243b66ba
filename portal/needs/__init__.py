"""Training needs: what municipalities ask for, how it is pooled, and the plan of each municipality for a year."""
