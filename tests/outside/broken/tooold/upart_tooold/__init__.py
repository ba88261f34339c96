"""A broken plugin: see hooks.py and models.py."""
