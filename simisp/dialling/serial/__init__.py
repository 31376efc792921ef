"""The dialling side's port: opening, terminal modes, locks and who holds it."""
