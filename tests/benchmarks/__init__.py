"""The benchmark: a made-up corpus with planted copies, the bare floor, and the whole run measured against it."""
