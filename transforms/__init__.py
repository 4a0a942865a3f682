"""Pure core: rows in, rows out. Nothing here opens a file, reads a clock, logs, or knows the scheduler."""
