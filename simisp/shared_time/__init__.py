"""One clock for a whole run: the page that clients share, when it may move, and what can't follow it."""
