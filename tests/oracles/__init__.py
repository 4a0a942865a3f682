"""Slow, obvious answers that the fast paths must agree with."""
