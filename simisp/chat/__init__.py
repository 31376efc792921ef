"""Chat scripts: the language of pppd's chat, read, checked and played in pure time."""
