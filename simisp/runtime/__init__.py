"""Time, children and descriptors: where the machines meet the operating system."""
