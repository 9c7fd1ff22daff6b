"""What the pages show, each from a fixed number of queries that start from the company."""
