"""The pages Time, Team and Jobs."""
