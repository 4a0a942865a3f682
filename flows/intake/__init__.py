"""From a path in the landing folder to plain staged bytes with a digest, a format and bounded size."""
