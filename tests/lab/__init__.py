"""Thirty nights of eight made-up papers, ten with a planted fault: the audit is to name each, and nothing else."""
