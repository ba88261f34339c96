# SPDX-License-Identifier: MIT
"""The OpenAPI document: of what is enabled, with examples that work, and never less than what was released."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from calling import sent
from click.testing import CliRunner
from people import sign_in
from pictures import picture

from upart.academies.actions import disable_plugin
from upart.cli.main import main

RELEASED = Path(__file__).parent / "released.json"
BOUNDS = {"maxLength": -1, "maximum": -1, "maxItems": -1, "minLength": 1, "minimum": 1, "minItems": 1}
"""In which direction each bound may not move: more may be taken, not less."""


def document(portal):
    return portal.visitor("athena").get("/api/v1/openapi.json").json


def broken(old, new):
    """What a program that was written by the old document cannot do any more by the new one."""
    found = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            where, now = f"{method} {path}", new["paths"].get(path, {}).get(method)
            found += [f"{where}: gone"] if now is None else [*lost_parameters(where, operation, now), *lost_answers(where, operation, now)]
    for name, schema in old["components"]["schemas"].items():
        now = new["components"]["schemas"].get(name)
        found += [f"{name}: gone"] if now is None else lost_fields(name, schema, now)
    return found


def lost_parameters(where, old, new):
    now = {(one["name"], one["in"]): one for one in new["parameters"]}
    before = {(one["name"], one["in"]): one for one in old["parameters"]}
    for key, one in before.items():
        yield from [f"{where}: parameter {key[0]} gone"] if key not in now else narrower(f"{where} {key[0]}", one["schema"], now[key]["schema"])
    yield from (f"{where}: parameter {key[0]} is needed now" for key, one in now.items() if one["required"] and not before.get(key, {}).get("required"))
    if "requestBody" in new and "requestBody" not in old:
        yield f"{where}: a body is needed now"


def lost_answers(where, old, new):
    yield from (f"{where}: no answer {status} any more" for status in old["responses"] if status not in new["responses"])


def lost_fields(name, old, new):
    for field, schema in old.get("properties", {}).items():
        now = new.get("properties", {}).get(field)
        yield from [f"{name}.{field}: gone"] if now is None else narrower(f"{name}.{field}", schema, now)
    yield from (f"{name}.{field}: needed now" for field in set(new.get("required", [])) - set(old.get("required", [])) if is_taken(name))


def is_taken(name):
    """Is it a body that comes in? Answers may come to have more."""
    return name.endswith(("In", "Patch"))


def narrower(where, old, new):
    if old.get("type") != new.get("type") or old.get("format") != new.get("format"):
        yield f"{where}: was {old.get('type')}, is {new.get('type')}"
    yield from (f"{where}: {value} gone" for value in old.get("enum", []) if value not in new.get("enum", []))
    yield from narrower(f"{where}[]", old.get("items", {}), new.get("items", {})) if "items" in old else ()
    for word, sign in BOUNDS.items():
        if word in new and (word not in old or sign * (new[word] - old[word]) > 0):
            yield f"{where}: {word} was {old.get(word)}, is {new[word]}"


def test_nothing_that_was_released_is_gone(portal):
    assert broken(json.loads(RELEASED.read_text()), document(portal)) == []


@pytest.mark.parametrize(("change", "told"), [
    (lambda d: d["paths"].pop("/api/v1/lessons"), "get /api/v1/lessons: gone"),
    (lambda d: d["paths"]["/api/v1/courses"].pop("post"), "post /api/v1/courses: gone"),
    (lambda d: d["paths"]["/api/v1/courses"]["get"]["parameters"].pop(2), "get /api/v1/courses: parameter sort gone"),
    (lambda d: d["paths"]["/api/v1/courses"]["get"]["parameters"][0]["schema"].update(maximum=50), "get /api/v1/courses limit: maximum was 100, is 50"),
    (lambda d: d["components"]["schemas"]["courses"]["properties"].pop("title"), "courses.title: gone"),
    (lambda d: d["components"]["schemas"]["courses"]["properties"]["minutes"].update(type="string"), "courses.minutes: was integer, is string"),
    (lambda d: d["components"]["schemas"]["courses.CourseIn"]["required"].append("language"), "courses.CourseIn.language: needed now"),
    (lambda d: d["components"]["schemas"]["courses.CourseIn"]["properties"]["title"].update(maxLength=9), "courses.CourseIn.title: maxLength was 120, is 9"),
])  # fmt: skip
def test_what_would_break_a_program_is_told(change, told):
    old = json.loads(RELEASED.read_text())
    new = copy.deepcopy(old)
    change(new)
    assert told in broken(old, new)


def test_each_example_works(portal):
    theo, ada, tried = sign_in(portal, "theo"), sign_in(portal, "ada"), []
    assert sent(theo, "lake.jpg", picture()).status_code == 201
    assert sign_in(portal, "lena").post("/courses/your-first-sourdough/review", data={"stars": "4"}).status_code == 303
    for path, operations in document(portal)["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in body:
                caller = ada if "/webhooks" in path else theo
                place = path.replace("{id}", caller.get(path.partition("/{id}")[0]).json["data"][0]["id"]) if "{id}" in path else path
                headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
                answer = caller.open(place, method=method.upper(), headers=headers, json=body["example"])
                tried.append((method, path, answer.status_code))

    of_courses = [("post", "/api/v1/courses", 201), ("patch", "/api/v1/courses/{id}", 200), ("patch", "/api/v1/lessons/{id}", 200)]
    of_courses += [("patch", "/api/v1/files/{id}", 200), ("patch", "/api/v1/sections/{id}", 200)]
    of_courses += [("post", f"/api/v1/{verb}", 200) for verb in ("certificates/{id}/actions/revoke", "reviews/{id}/actions/hide")]
    of_courses += [("post", "/api/v1/webhooks", 201), ("patch", "/api/v1/webhooks/{id}", 200)]
    assert tried == sorted([*of_courses, *(("post", f"/api/v1/{name}", 201) for name in ("consents", "rights-requests", "tokens"))], key=lambda one: one[1])


def test_only_what_is_enabled_is_in_it(portal):
    with portal.everywhere() as session:
        disable_plugin(session, portal.academy("athena").id, "courses")
    found = document(portal)

    of_the_core = ("academy", "consents", "files", "files/{id}", "me", "me/holdings", "rights-requests", "search", "tokens")
    of_webhooks = [
        f"webhooks{more}" for more in ("", "/deliveries", "/deliveries/{id}", "/{id}", "/{id}/actions/replay", "/{id}/actions/rotate", "/{id}/deliveries")
    ]
    assert sorted(found["paths"]) == [f"/api/v1/{name}" for name in (*of_the_core, *of_webhooks)]
    assert portal.visitor("athena").get("/api/v1/courses").status_code == 404


def test_the_command_prints_the_same(portal):
    (portal.state.config.instance / "upart.toml").touch()
    printed = CliRunner().invoke(main, ["--instance", str(portal.state.config.instance), "api", "openapi", "--academy", "athena"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.stdout) == document(portal)


def test_personal_data_are_named_in_it(portal):
    fields = document(portal)["components"]["schemas"]["enrolments"]["properties"]
    assert fields["completed_at"]["x-personal-data"]["category"] == "edu.result"
    assert fields["learner_id"]["x-personal-data"] == {"role": "learner", "purpose": "learn", "basis": "eu-gdpr:A6-1-b", "retain": "24 months"}
