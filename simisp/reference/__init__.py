"""What of simisp is public: the list, the signatures, and the page that is made from the docstrings."""
