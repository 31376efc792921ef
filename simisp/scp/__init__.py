"""The Windows dial-up scripting language: parse it, check it, run it, explain it."""
