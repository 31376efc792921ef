"""The whole line as one machine: modem, exchange and the ISP's dialogue."""
