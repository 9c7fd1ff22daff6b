"""CSV cells that a spreadsheet shows and never runs.

A cell that starts like a formula is run by Excel, LibreOffice and Google Sheets: https://owasp.org/www-community/attacks/CSV_Injection
"""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula. For text, not numbers."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def read_cell(cell: str) -> str:
    """The text that `safe_cell` was given: a file of ours comes back as it went out."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_A_FORMULA) else cell
