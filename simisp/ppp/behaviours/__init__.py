"""Bad behaviours of a far end's PPP: each is a real one that clients were found to hang or fail on."""
