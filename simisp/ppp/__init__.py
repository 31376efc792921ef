"""The Point-to-Point Protocol over an asynchronous line: what a login leads to.

It is built up in these modules: octets and frames (``hdlc``, ``frame``), the option negotiation automaton that all
control protocols share (``automaton``, ``control``), the control protocols themselves, and the link (``link``), which
takes them through the phases. ``far_end`` is the link as the far end of a call, ``client`` the same as software that
dials.
"""
