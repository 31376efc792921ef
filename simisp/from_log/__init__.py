"""A scenario drafted from what people have at hand: a transcript, or the log of another program."""
