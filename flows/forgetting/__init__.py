"""To forget: articles removed from everything that a lake keeps, and refused when they come again."""
