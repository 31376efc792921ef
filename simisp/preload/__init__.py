"""The preload library: it makes an unmodified program wait on the simulator's clock, and lends its PTY circuits.

The library is C, beside this file, one small file for each concern. :func:`library` finds the one that a wheel brought,
or builds it at first use with the system's compiler.
"""

from simisp.preload.build import library

__all__ = ["library"]
