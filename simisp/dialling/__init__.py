"""The dialling side in real processes: a port opened and locked, a script played on it."""
