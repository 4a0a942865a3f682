"""Outlets: what the settings say of each, which files are its, and what it has sent."""
