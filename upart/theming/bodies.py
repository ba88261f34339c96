# SPDX-License-Identifier: MIT
"""Bodies of requests: one way to read each kind, with words for whatever is wrong."""

from __future__ import annotations

from typing import IO, Any, TypeVar

import flask
import msgspec
from werkzeug.formparser import FormDataParser

from upart.errors import Problem
from upart.storage.incoming import Incoming
from upart.storage.places import place

Body = TypeVar("Body")
MAX_FIELDS = 1000
MB = 1000 * 1000
MAX_BODY = 1024 * 1024
"""Bytes of a body, where the route does not say `body=`."""

MULTIPART = "multipart/form-data"


class Request(flask.Request):
    """A request whose files go to the disk on which they will stay, and are forgotten at its end unless somebody keeps them."""

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


def decode(body: bytes, kind: type[Body]) -> Body:
    """A JSON body as `kind` (a msgspec Struct, dataclass or builtin type). Raises Problem 400 or 422 with the place at fault."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, f"The body does not fit: {error}.", remedy="Correct it and send it again.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"The body is no JSON: {error}.", remedy="Send UTF-8 JSON.") from None


def check_form(request: flask.Request) -> None:
    """Refuse what a form cannot be, before anything parses it: too many fields, bytes that are not UTF-8."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    data = request.get_data(cache=True)
    if data.count(b"&") >= MAX_FIELDS:
        raise Problem(413, "This form has too many fields.", remedy="Send it as the page shows it.")
    _check_characters(request)


def receive_files(request: flask.Request, most: int) -> None:
    """Let a form with files come in, up to `most` bytes, before the first statement: nobody waits for a slow line."""
    request.max_content_length = most
    if request.mimetype == MULTIPART:
        _check_characters(request)


def _check_characters(request: flask.Request) -> None:
    for name, value in request.form.items(multi=True):
        if "\ufffd" in name or "\0" in name or "\ufffd" in value:
            raise Problem(400, "This form contains characters that cannot be read.", remedy="Type the text again.")
