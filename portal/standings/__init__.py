"""Standings: who holds which qualification on which day, from the evidence of every domain below."""
