"""Static analysis of a script: its paths and what is known on them, its loops and its times."""
