"""Order and edges: landing, lake, command line, scheduler."""
