"""From the dumps that a lake keeps: records read again, rejects taken again, the whole lake made again."""
