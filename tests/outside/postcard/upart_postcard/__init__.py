"""Postcards that learners write, by a stranger to UPART: in two editions, of which the second keeps and gives away more."""
