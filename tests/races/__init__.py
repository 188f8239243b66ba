"""Several processes on one database, each with an application of its own, that truly commit. First the race is proven with the lock off."""
