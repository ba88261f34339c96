"""Pictures and papers that people hand in, written by a stranger to UPART."""
