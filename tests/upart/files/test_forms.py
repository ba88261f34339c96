# SPDX-License-Identifier: MIT
"""A form asks for a file where it has a field for one, and takes none anywhere else."""

from __future__ import annotations

import io

import pytest
import wtforms
from wtforms.validators import InputRequired

from upart.plugin import Form


class PortraitForm(Form):
    """A name and a picture."""

    name = wtforms.StringField("Name", validators=[InputRequired()])
    portrait = wtforms.FileField("Portrait", validators=[InputRequired()])


@pytest.fixture
def posted(album):
    """The form as it comes in with this data."""
    opened = []

    def post(**data):
        opened.append(album.app.test_request_context("/", base_url="http://athena.localhost", method="POST", data=data, content_type="multipart/form-data"))
        opened[-1].push()
        return PortraitForm.posted()

    yield post
    for one in opened:
        one.pop()


def test_a_file_comes_in_at_its_field(posted):
    form = posted(name="Lena", portrait=(io.BytesIO(b"words"), "a.txt"))
    assert form.validate()
    assert (form["portrait"].data.filename, form["portrait"].data.read()) == ("a.txt", b"words")


def test_a_field_without_a_file_is_an_error_with_words(posted):
    form = posted(name="Lena", portrait=(io.BytesIO(b""), ""))
    assert not form.validate()
    assert list(form.errors) == ["portrait"]


def test_a_text_for_a_file_and_a_file_for_a_text_are_nothing(posted):
    form = posted(name=(io.BytesIO(b"Lena"), "name.txt"), portrait="just text")
    assert not form.validate()
    assert (sorted(form.errors), form["name"].data, form["portrait"].data) == (["name", "portrait"], None, None)


def test_the_page_of_a_form_has_an_input_for_a_file(album):
    with album.app.test_request_context("/", base_url="http://athena.localhost"), album.reading("athena"):
        environment = album.app.extensions["upart_site"].themes.environment("")
        macro = environment.get_template("core/_form.html").module.field
        html = str(macro(PortraitForm(), PortraitForm()["portrait"]))
    assert 'type="file"' in html
    assert 'name="portrait"' in html
