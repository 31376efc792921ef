"""The cellular modem: its state, its commands, and short messages."""
