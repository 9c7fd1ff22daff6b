"""Numbers in Spanish as in the US and Mexico: `1,234.50`. Django's own Spanish writes them as in Spain."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
