"""Mutants that no test can find, because they change nothing anybody could see; each with the reason."""

EQUIVALENT: dict[str, str] = {}
