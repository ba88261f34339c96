# SPDX-License-Identifier: MIT
"""Athena and Orion, and a plugin (tests/upart_jar) that sets cookies of every kind; at Orion it is off."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest
from conftest import bundled

from upart.academies import actions
from upart.testing import Client, Installation, install

JAR = EntryPoint("jar", "upart_jar.hooks", "upart.plugins")


@pytest.fixture(scope="module")
def jar(tmp_path_factory) -> Iterator[Installation]:
    """One for all tests of a file: what is chosen lies in browsers alone."""
    made = install(tmp_path_factory.mktemp("jar"), plugins=[*bundled(), JAR])
    with made.everywhere() as session:
        actions.disable_plugin(session, made.academy("orion").id, "jar")
    yield made
    made.close()


@pytest.fixture
def visit(jar):
    """`visit("athena")`: a browser of somebody new, in which cookies are dropped as for people, not raised."""
    return lambda slug="athena": Client(jar.app, jar.academy(slug).host, strict=False)


def brought(answer) -> dict[str, str]:
    """The cookies that an answer sets: attributes by name."""
    lines = [line.partition(";") for line in answer.headers.getlist("Set-Cookie")]
    return {pair.partition("=")[0]: rest.strip() for pair, _, rest in lines}
