"""The facts that a transcript records: one frozen dataclass for each, one module for each machine that reports them.

They form a layer below all machines and all reports, so that both the machine that reports a fact and the view that
shows it name the same class, and the type checker follows a fact from one to the other.

A fact's ``kind`` is its name in the JSON lines, and ``source`` the party that it is about. Its fields are plain values:
texts, numbers, truth values, None, and tuples of these.
"""
