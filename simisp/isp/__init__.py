"""The ISP's end of a call: the dialogue that a terminal server holds with whoever logs in."""
