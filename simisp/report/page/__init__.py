"""A run as one HTML page that needs no network and no server: ``simisp report --html``."""
