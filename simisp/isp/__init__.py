"""The ISP's end of a call: the dialogue that a terminal server holds with the caller."""
