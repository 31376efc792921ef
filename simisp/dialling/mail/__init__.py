"""Mail over a call: folders, the runs of a client, the host that takes and gives it."""
