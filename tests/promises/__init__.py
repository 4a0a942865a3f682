"""The promises of the README that no other test proves: a file each, every test under the number of its promise."""
