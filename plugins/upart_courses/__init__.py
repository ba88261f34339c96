# SPDX-License-Identifier: MIT
"""Courses: a catalogue, course pages and lessons.

The model for every plugin: copy this folder.
"""
