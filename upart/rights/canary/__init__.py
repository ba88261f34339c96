# SPDX-License-Identifier: MIT
"""The canary: somebody made up is entered, copied and erased by the running code in the running database, in a transaction that never commits.

What it is measured against are promises: the declarations as they were accepted, not as they may have become. `truth`, `cases`,
`planting` and `foreseen` say what should be, `copied` and `compared` what is. The conformance kit of plugin authors is made of the same.
"""
