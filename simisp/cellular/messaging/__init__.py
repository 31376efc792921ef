"""Short messages as a modem's DTE sees them: the commands of 3GPP TS 27.005, and what they work on."""
