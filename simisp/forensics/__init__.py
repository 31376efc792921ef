"""Port forensics: which processes hold a port, where each is blocked, the port's locks, and the processes of a run."""

from simisp.forensics.family import Family, descendants
from simisp.forensics.holders import holders_of
from simisp.forensics.report import Holder, PortReport, Thread
from simisp.forensics.waits import Wait

__all__ = ["Family", "Holder", "PortReport", "Thread", "Wait", "descendants", "holders_of"]
