"""Scripts played on a port, by this process or by a child process."""
