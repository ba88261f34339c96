"""Questions to practise with, written by a stranger to UPART."""
