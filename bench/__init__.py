"""Figures of this machine: `python -m bench`, or `make bench`. Each bench prints its own goals beside its figures."""
