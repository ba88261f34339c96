# SPDX-License-Identifier: MIT
"""Bodies of requests: one way to read each kind, with words for whatever is wrong."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from upart.errors import Problem

Body = TypeVar("Body")
MAX_FIELDS = 1000


def decode(body: bytes, kind: type[Body]) -> Body:
    """A JSON body as `kind` (a msgspec Struct, dataclass or builtin type). Raises Problem 400 or 422 with the place at fault."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, f"The body does not fit: {error}.", remedy="Correct it and send it again.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"The body is no JSON: {error}.", remedy="Send UTF-8 JSON.") from None


def check_form(request: Any) -> None:
    """Refuse what a form cannot be, before anything parses it: too many fields, bytes that are not UTF-8."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    data = request.get_data(cache=True)
    if data.count(b"&") >= MAX_FIELDS:
        raise Problem(413, "This form has too many fields.", remedy="Send it as the page shows it.")
    for name, value in request.form.items(multi=True):
        if "\ufffd" in name or "\0" in name or "\ufffd" in value:
            raise Problem(400, "This form contains characters that cannot be read.", remedy="Type the text again.")
