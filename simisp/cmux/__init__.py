"""The multiplexer of 3GPP TS 27.010 (formerly TS 07.10): several channels on one serial line, without any I/O.

One octet stream carries frames. Each frame belongs to a *data link connection* (DLC), which its address names by an
identifier (DLCI) from 0 to 61. DLCI 0 is the control channel; each other one is a serial line of its own with octets in
both directions and the circuits of V.24 as signals. The side that sent ``AT+CMUX`` is the *initiator*, the modem is the
*responder*.

=====================  ====================================================================================
module                 what it knows
=====================  ====================================================================================
``frame``              what a frame is: address, control, check sequence
``basic_option``       frames between flags, with their length (clause 5.2.1 to 5.2.6)
``advanced_option``    frames between flags, with control-octet transparency (5.2.7, as in HDLC)
``control_message``    what the control channel says (5.4.6)
``signals``            the circuits of a DLC as an octet (5.4.6.3.7)
``link``               one DLC: its state and its timer (5.3, 5.4.1 to 5.4.4)
``multiplexer``        the machine: both roles
``conduct``            how a responder may misbehave
=====================  ====================================================================================
"""
