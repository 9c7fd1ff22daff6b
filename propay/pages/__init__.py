"""The data for each page, from a fixed number of queries that start from the company."""
