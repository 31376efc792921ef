"""The real loop: its clock, the driver of a port's machines, a client's child process."""
