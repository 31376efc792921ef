"""What all linters share: findings, edits that fix them, the pages of rules, and reports as text, JSON and SARIF."""
