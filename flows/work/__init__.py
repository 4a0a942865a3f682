"""How work is spread over processes, and what becomes of it when one of them dies."""
