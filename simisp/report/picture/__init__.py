"""A run as something to draw, made from its records: rows of text, spans of time in lanes, and idle times."""
