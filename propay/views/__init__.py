"""The pages of the product. Each makes one domain call; admins and managers see all, workers what is theirs."""
