"""The preload library: it makes an unmodified program wait on the simulator's clock, and lends its PTY circuits.

The library is C, beside this file, one small file for each concern. :func:`library` builds it at first use with the
system's compiler, or finds the one that was built with the package.
"""

from simisp.preload.build import PreloadUnavailable, library

__all__ = ["PreloadUnavailable", "library"]
