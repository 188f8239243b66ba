"""Demo data: an invented association at work, for trying out, developing and measuring. Never in production.

Everything is drawn from one seeded source of chance and dated from today, so a seed gives the same on the same day and is always fresh. The
people are invented, and every address ends in portal.example.
"""

from portal.demo.crowd import PASSWORD
from portal.demo.seeding import seed

__all__ = ["PASSWORD", "seed"]
