"""The portal with its lock taken out: what the load must find fault with."""

from portal import create_app
from tests.races.clients import take_the_lock_out

take_the_lock_out()
app = create_app()
