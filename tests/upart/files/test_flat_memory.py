# SPDX-License-Identifier: MIT
"""A file of 200 MB goes in and out in pieces: the memory of the server stays as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from people import sign_in

MOST = 32 * 1024
"""Kilobytes that the peak of memory may rise."""

PROGRAM = """
import io, json, resource, sys
from importlib.metadata import EntryPoint
from werkzeug.test import create_environ, run_wsgi_app
from upart import config
from upart.app import create_app
from pathlib import Path

folder, cookie, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = create_app(settings=config.load(Path(folder), {}, password_memory=8, mail_url=("file:",), public_origin="http", files_spare=0),
                 plugins=[EntryPoint("album", "upart_album.hooks", "upart.plugins")])
HEAD = b'--xyz\\r\\nContent-Disposition: form-data; name="paper"; filename="big.bin"\\r\\n\\r\\n'
TAIL = b'\\r\\n--xyz--\\r\\n'

class Line(io.RawIOBase):
    def __init__(self, size):
        self.parts, self.left, self.ended = [HEAD], size, False
    def readable(self):
        return True
    def readinto(self, into):
        if not self.parts and self.left:
            piece = min(self.left, 65536)
            self.parts.append(bytes(piece))
            self.left -= piece
        elif not self.parts and not self.ended:
            self.parts.append(TAIL)
            self.ended = True
        if not self.parts:
            return 0
        data = self.parts.pop(0)
        now, rest = data[:len(into)], data[len(into):]
        if rest:
            self.parts.insert(0, rest)
        into[:len(now)] = now
        return len(now)

def ask(method, path, body=None, length=0):
    headers = {"Cookie": f"upart_session={cookie}", "Sec-Fetch-Site": "same-origin"}
    environ = create_environ(path, "http://athena.localhost", method=method, headers=headers)
    if body is not None:
        environ.update({"wsgi.input": body, "CONTENT_TYPE": "multipart/form-data; boundary=xyz", "CONTENT_LENGTH": str(length)})
    answer, status, headers = run_wsgi_app(app, environ, buffered=False)
    count = sum(len(piece) for piece in answer)
    getattr(answer, "close", lambda: None)()
    return status, count

def send(size):
    return ask("POST", "/album/paper", io.BufferedReader(Line(size)), len(HEAD) + size + len(TAIL))[0]

def peak():
    try:  # of this program alone; ru_maxrss also counts the process that started it
        return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

from upart.storage.models import File
from upart.files.addresses import file_url
from upart.academies.models import Academy
from upart.db import reading
from sqlalchemy import select

def address():
    with app.app_context(), reading(app.extensions["upart"].directory.by_slug("athena")) as session:
        return file_url(session.scalars(select(File).order_by(File.size.desc())).first())

warm = send(1_000_000), ask("GET", address())
before = peak()
came = send(size)
after_upload = peak()
went = ask("GET", address())
print(json.dumps({"warm": warm, "came": came, "went": went, "upload": after_upload - before, "download": peak() - after_upload}))
"""


def measured(made, size: int) -> dict:
    cookie = sign_in(made, "lena").cookie("upart_session")
    made.close()
    path = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", PROGRAM, str(made.state.config.instance), cookie, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_two_hundred_megabytes_go_in_and_out_in_pieces(album):
    seen = measured(album, 200_000_000)

    assert (seen["came"], seen["went"]) == ("303 SEE OTHER", ["200 OK", 200_000_000])
    assert seen["upload"] < MOST, seen
    assert seen["download"] < MOST, seen
