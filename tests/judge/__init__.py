"""Judges deduplication on real dumps and on generated ones: what it misses, and what it puts together wrongly."""
