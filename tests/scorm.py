# SPDX-License-Identifier: MIT
"""SCORM packages as authoring programs export them, written by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

OLD = 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
NEW = 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Knots</title>
<link rel="stylesheet" href="style/look.css"><script src="../js/lms.js"></script></head>
<body><h1>Three knots</h1><p>Knot <b id="at">1</b> of 3</p><button id="next">Next knot</button><p id="how"></p><img id="rope" src="rope.svg" alt=""></body></html>"""
"""The page lies in a folder, its program in another."""

PROGRAM = """
function find(win) { var tries = 0; while (win.API == null && win.parent != null && win.parent != win && tries++ < 500) win = win.parent; return win.API; }
var api = find(window.parent);
window.onload = function () {
  api.LMSInitialize("");
  var at = Number(api.LMSGetValue("cmi.core.lesson_location") || 1), show = function () { document.getElementById("at").textContent = at; };
  document.getElementById("how").textContent = [api.LMSGetValue("cmi.core.student_name"), api.LMSGetValue("cmi.core.lesson_status"), api.LMSGetValue("cmi.suspend_data")].join("|");
  if (api.LMSGetValue("cmi.core.lesson_status") == "not attempted") api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  show();
  document.getElementById("next").onclick = function () {
    at = Math.min(at + 1, 3); show();
    api.LMSSetValue("cmi.core.lesson_location", String(at));
    if (at == 3) { api.LMSSetValue("cmi.core.score.raw", "90"); api.LMSSetValue("cmi.core.lesson_status", "passed"); }
    if (at == 3) api.LMSCommit("");
  };
};
window.onunload = window.onpagehide = function () {
  api.LMSSetValue("cmi.suspend_data", "left at " + document.getElementById("at").textContent);
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSSetValue("cmi.core.session_time", "0000:02:05");
  api.LMSFinish("");
};
"""
FILES = {
    "pages/knots.html": PAGE,
    "js/lms.js": PROGRAM,
    "pages/style/look.css": "h1 { color: teal }",
    "pages/rope.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def manifest(items: Mapping[str, str] | None = None, *, version: str = "1.2", spaces: str = OLD, title: str = "Three knots", more: str = "") -> str:
    """A manifest with these items: title to page."""
    items = items or {"Knots": "pages/knots.html"}
    outline = "".join(f'<item identifier="I{n}" identifierref="R{n}"><title>{name}</title>{more}</item>' for n, name in enumerate(items))
    pages = "".join(f'<resource identifier="R{n}" type="webcontent" adlcp:scormtype="sco" href="{page}"/>' for n, page in enumerate(items.values()))
    said = f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>" if version else ""
    organization = f'<organizations default="O"><organization identifier="O"><title>{title}</title>{outline}</organization></organizations>'
    return f'<?xml version="1.0"?><manifest identifier="M" {spaces}>{said}{organization}<resources>{pages}</resources></manifest>'


def packed(files: Mapping[str, str | bytes] | None = None, *, listed: str | None = None, folder: str = "") -> bytes:
    """A package of these files; `folder`: somebody packed the folder, not what is in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}imsmanifest.xml", listed if listed is not None else manifest())
        for name, content in (FILES if files is None else files).items():
            archive.writestr(f"{folder}{name}", content)
    return made.getvalue()
