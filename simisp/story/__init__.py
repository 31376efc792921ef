"""Whole stories in pure time: mail service, RAS, script and line as one machine, and the actions of people on them."""
