"""Stands other programs' deduplication beside Broadsheet's, on the same documents: `python -m tests.benchmarks.peers`.

A competitor is a command that is given two paths. It reads (id, text) from the first, a Parquet file; it writes
(id, cluster), a row for every document, to the second; and it prints one JSON object: documents, seconds (from reading
the file to the cluster of every document in memory; imports and the writing of clusters do not count), parts (seconds
by name), groups (clusters of two or more), duplicates (documents but one of each cluster), settings (name to value),
version. `race.competitors` lists them. Those of others are run by the interpreter of `.venv-peers`.
"""
