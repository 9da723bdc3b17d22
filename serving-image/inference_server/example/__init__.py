"""Rows that a model can be asked with before anybody asks it, and whether it answers one of them."""
