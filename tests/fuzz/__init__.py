"""Random input for everything that reads what others write: `make fuzz`, or `python -m tests.fuzz`."""
