"""Payroll files: each worker's pay for a pay period, in the format that payroll software reads. Pure.

`files` writes them, `layouts` defines the formats, `custom` reads a company's own columns, and `rows` and `columns` are
the building blocks. docs/payroll.md lists the public source that confirms each layout.
"""
