"""Many calls, one after the other; see ``__main__``."""
