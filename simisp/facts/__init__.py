"""The facts that a transcript records: a frozen dataclass for each, a module for each machine that reports them.

They form a layer below all machines and all reports. So the machine that reports a fact and the view that shows it use
the same class, and the type checker can follow a fact from one to the other.

A fact's ``kind`` is its name in the JSON lines, and ``source`` the party that it is about. Its fields are plain values:
strings, numbers, booleans, members of enumerations, None, and tuples of these.
"""
