"""Stories: both ends of a line, and their mail, in one process."""
