"""The error codes, one table for each room that raises them."""
