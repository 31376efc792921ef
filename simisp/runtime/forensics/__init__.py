"""Port forensics: who holds a port, where each holder is blocked, which locks lie on it, who belongs to a run."""

from simisp.runtime.forensics.family import Family, descendants
from simisp.runtime.forensics.holders import holders_of
from simisp.runtime.forensics.report import Holder, PortReport, Thread
from simisp.runtime.forensics.waits import Wait

__all__ = ["Family", "Holder", "PortReport", "Thread", "Wait", "descendants", "holders_of"]
