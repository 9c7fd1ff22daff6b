"""The pages of the product. Each makes one domain call; admins and managers see everything, workers their own data."""
