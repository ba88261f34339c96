# SPDX-License-Identifier: MIT
"""Forms with files: what comes in goes to the disk on which it will stay, and is forgotten unless somebody keeps it."""

from __future__ import annotations

from typing import IO, Any

import flask
from werkzeug.formparser import FormDataParser

from upart.errors import Problem
from upart.storage.incoming import Incoming
from upart.storage.places import place
from upart.theming.bodies import check_characters

MB = 1000 * 1000
MULTIPART = "multipart/form-data"


class Request(flask.Request):
    """A request whose files are written to the place of files while they come, and removed at its end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.incoming: list[Incoming] = []

    def _get_file_stream(self, *about: Any, **further: Any) -> IO[bytes]:
        self.incoming.append(Incoming(place()))
        return self.incoming[-1]  # type: ignore[return-value]

    def make_form_data_parser(self) -> FormDataParser:
        """A parser that says so when a form with files is not whole."""
        parser = super().make_form_data_parser()
        parser.silent = self.mimetype != MULTIPART
        return parser

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError:
            raise Problem(400, "This form did not come in whole.", remedy="Send it again.") from None

    def close(self) -> None:
        """Forget what came in and was not kept."""
        super().close()
        for one in self.incoming:
            one.close()


def receive_files(request: flask.Request, most: int) -> None:
    """Let a form with files come in, up to `most` bytes, before the first statement: nobody waits for a slow line."""
    request.max_content_length = most
    if request.mimetype == MULTIPART:
        check_characters(request)
