"""Inquiries of a person: why is this (not) a copy of that, and has this text run before? They only read."""
