"""Conditions that are about injuries: a bonus that is lost by reporting one is unlawful (29 CFR 1904.35). Pure."""

import re

# How they begin, in English and Spanish.
WORDS = (
    "injur",
    "accident",
    "hurt",
    "first aid",
    "lost time",
    "lost-time",
    "recordable",
    "osha",
    "workers comp",
    "workers' comp",
    "workers’ comp",
    "incident",
    "lesi",
    "herid",
)
FOUND = re.compile(rf"\b(?:{'|'.join(map(re.escape, WORDS))})", re.IGNORECASE)


def is_about_injuries(name: str) -> bool:
    """Whether a condition's name sounds like one about injuries."""
    return FOUND.search(name) is not None
