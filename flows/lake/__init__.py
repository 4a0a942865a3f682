"""The lake: immutable parts, numbered manifests, a catalog derived from them."""
