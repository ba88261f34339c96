# SPDX-License-Identifier: MIT
"""A film goes into a lesson and out to its learners in pieces: memory stays as it was, and one that breaks off on its way leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from building import address, press
from people import sign_in
from pictures import stored
from sqlalchemy import select

from upart.media.models import MediaItem

SIZE = 1024**3 if os.environ.get("UPART_DEEP") else 48 * 1024**2
MOST = 32 * 1024
"""Kilobytes that the peak of memory may rise."""

PROGRAM = """
import io, json, sys
from importlib.metadata import EntryPoint
from pathlib import Path
from werkzeug.test import create_environ, run_wsgi_app
from upart import config
from upart.app import create_app

folder, cookie, path, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
app = create_app(settings=config.load(Path(folder), {}, password_memory=8, mail_url=("file:",), public_origin="http", files_spare=0),
                 plugins=[EntryPoint("courses", "upart_courses.hooks", "upart.plugins")])
HEAD = (b'--xyz\\r\\nContent-Disposition: form-data; name="kind"\\r\\n\\r\\nvideo\\r\\n--xyz\\r\\n'
        b'Content-Disposition: form-data; name="file"; filename="film.mp4"\\r\\n\\r\\n' + b'\\0\\0\\0\\x20ftypisom\\0\\0\\2\\0')
TAIL = b'\\r\\n--xyz--\\r\\n'

class Line(io.RawIOBase):
    def __init__(self, size, whole):
        self.parts, self.left, self.tail = [HEAD], size, [TAIL] if whole else []
    def readable(self):
        return True
    def readinto(self, into):
        if not self.parts and self.left:
            self.parts.append(bytes(min(self.left, 65536)))
            self.left -= len(self.parts[0])
        elif not self.parts and self.tail:
            self.parts.append(self.tail.pop())
        if not self.parts:
            return 0
        data = self.parts.pop(0)
        now, rest = data[:len(into)], data[len(into):]
        if rest:
            self.parts.insert(0, rest)
        into[:len(now)] = now
        return len(now)

def ask(method, path, body=None, length=0, **headers):
    environ = create_environ(path, "http://athena.localhost", method=method, headers={"Cookie": f"upart_session={cookie}", "Sec-Fetch-Site": "same-origin", **headers})
    if body is not None:
        environ.update({"wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=xyz", "CONTENT_LENGTH": str(length)})
    answer, status, _headers = run_wsgi_app(app, environ, buffered=False)
    count = sum(len(piece) for piece in answer)
    getattr(answer, "close", lambda: None)()
    return int(status.split()[0]), count

def send(size, whole=True):
    return ask("POST", path, io.BufferedReader(Line(size if whole else size // 2, whole)), len(HEAD) + size + len(TAIL))[0]

def peak():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))

from upart.db import reading
from upart.files.addresses import file_url
from upart.storage.models import File
from sqlalchemy import select

def film():
    with app.app_context(), reading(app.extensions["upart"].directory.by_slug("athena")) as session:
        return file_url(session.scalars(select(File).order_by(File.size.desc())).first())

cut = send(1_000_000, whole=False)
warm = send(1_000_000), ask("GET", film())
before = peak()
came = send(size)
after = peak()
went = ask("GET", film())
part = ask("GET", film(), Range=f"bytes={size - 10}-")
print(json.dumps({"cut": cut, "came": came, "went": went, "part": part, "upload": after - before, "download": peak() - after}))
"""


def test_a_film_goes_in_and_out_in_pieces_and_one_that_breaks_off_leaves_nothing(portal):
    theo = sign_in(portal, "theo")
    place = press(theo, portal, "add:video").headers["Location"]
    command = [sys.executable, "-c", PROGRAM, str(portal.state.config.instance), theo.cookie("upart_session"), place, str(SIZE)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=300)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])

    whole = SIZE + 16
    assert (seen["cut"], seen["came"], seen["went"], seen["part"]) == (400, 303, [200, whole], [206, 26])
    assert max(seen["upload"], seen["download"]) < MOST, seen
    with portal.reading("athena") as session:
        assert len(session.scalars(select(MediaItem)).all()) == 2
    assert sorted(path.stat().st_size for path in stored(portal)) == [1_000_016, whole]
    assert "film.mp4" in theo.get(address(portal)).text
