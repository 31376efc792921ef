"""The real event loop: clocks, the driver of a port's machines, a client's child process."""
