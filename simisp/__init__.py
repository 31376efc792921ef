"""A modem and ISP simulator on a virtual serial port, for testing programs that dial."""

__version__ = "0.1.0"
