"""The sweep: one good dialogue and one client, and every way in which the ISP, the modem or the line can fail.

A plan makes cases from the undisturbed run, each a few keys laid over the scenario. A client plays each of them; what
came of it is an outcome. The outcome is judged by itself and against that of the undisturbed run, which gives findings.
"""
