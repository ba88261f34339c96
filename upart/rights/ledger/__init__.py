# SPDX-License-Identifier: MIT
"""The ledger: acts that no restore of an older database may undo, outside of the database and of its backups.

One chain of lines per writing process and month, each line bound to the one before it by a keyed digest. People stand
in it as keyed digests only. What a database has not seen of it is replayed before the first answer and the first job.
"""
