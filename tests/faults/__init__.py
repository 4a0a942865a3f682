"""Faults: what a power loss leaves of a lake, and what readers make of that."""
