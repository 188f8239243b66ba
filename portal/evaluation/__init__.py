"""Evaluation: what participants say of a run, without their names, and only from a number of answers on."""
