"""The public names of simisp: the list, the signatures, and the page generated from their docstrings."""
