"""A modem and ISP simulator on a virtual serial port, for testing whatever dials."""

__version__ = "0.1.0"
