"""Mail over a call: mail folders, the service's run, the mail host."""
