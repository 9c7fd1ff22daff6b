"""An independent reading of the pay rules, straight from bonus.md: exact fractions, plain, and slow."""
