"""Payroll files: what a pay period owes each worker, in the shape that a payroll program reads. Pure.

`files` writes them, `layouts` knows the programs, `custom` reads the columns that a company typed, `rows` and `columns`
are what they are made of. docs/payroll.md says which layout is confirmed by which public source.
"""
