"""A modem and ISP simulator on a virtual serial port, for testing programs that dial."""

__all__ = ["__version__"]

__version__ = "0.1.0"
"""The version, as in ``simisp --version`` and in the header of a transcript."""
