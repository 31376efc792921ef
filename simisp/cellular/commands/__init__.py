"""The commands of a cellular modem: one module for each part of 3GPP TS 27.007."""
