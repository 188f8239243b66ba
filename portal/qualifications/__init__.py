"""Qualifications: what a post calls for, by which rule, and who holds it on which day.

Rules, goals and awards stand here; what somebody did is handed in as plain evidence by the floors above.
"""
