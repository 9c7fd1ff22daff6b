"""What of a text is compared: its numbers, not its words."""

import re
from collections.abc import Container

NUMBER = re.compile(r"-?\d[\d,.:]*…?")


def numbers(text: str) -> str:
    return " ".join(NUMBER.findall(text))


def step_line(key: str, formula: str, result: str) -> str:
    return f"  {key}: {numbers(formula)} = {numbers(result)}"


def cell(text: str, names: Container[str]) -> str:
    """A cell of a file: as it is where it holds a number, a date or a name of the data; a dot for a word of ours."""
    is_data = not text or text in names or any(character.isdigit() for character in text)
    return text if is_data else "·"
