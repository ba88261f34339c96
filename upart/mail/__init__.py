# SPDX-License-Identifier: MIT
"""Mail: written with its cause, sent by a job, HTML and text from one source."""
