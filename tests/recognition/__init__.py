"""Tests of recognition of training taken elsewhere."""
