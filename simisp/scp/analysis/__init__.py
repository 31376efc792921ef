"""What a script can do, found out before it runs: its paths with what is known on them, its loops and its times."""
