"""The preload library: it lets an unmodified program wait by the simulator's clock, and provides circuits to its PTY.

The library is C, in this folder, with a small file for each concern. :func:`library` finds the one in the wheel, or
builds it at first use with the system's compiler.
"""

from simisp.preload.build import library

__all__ = ["library"]
