"""The dialling side's port: opening, terminal modes, locks and holders."""
