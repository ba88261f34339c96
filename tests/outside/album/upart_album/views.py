from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select

from upart.plugin import MB, Blueprint, Category, Problem, context, file_url, get_or_404, render, session, signed_in, upload
from upart_album.models import Photo

site = Blueprint("album", __name__)


@site.get("/album/", policy=signed_in)
def mine():
    rows = session.scalars(select(Photo).where(Photo.owner_id == context.person.id).order_by(Photo.id))
    return render("album/mine.html", photos=[_shown(photo) for photo in rows])


def _shown(photo):
    return {
        "title": photo.title,
        "picture": file_url(photo.picture, width=320) if photo.picture else "",
        "paper": file_url(photo.paper) if photo.paper else "",
        "name": photo.paper.name if photo.paper else "",
    }


@site.post("/album/", policy=signed_in, body=50 * MB)
def add():
    sent = request.files.get("picture")
    picture = upload(sent, sent.filename if sent else "", Category.MEDIA_IMAGE, about=context.person, widths=(320, 640))
    session.add(Photo(owner_id=context.person.id, picture_id=picture.id, title=request.form.get("title", "")))
    return redirect(url_for(".mine"), 303)


@site.post("/album/paper", policy=signed_in, body=250 * MB)
def hand_in():
    sent = request.files.get("paper")
    paper = upload(sent, sent.filename if sent else "", Category.CONTENT_PRIVATE, about=context.person)
    session.add(Photo(owner_id=context.person.id, paper_id=paper.id, title=request.form.get("title", "")))
    if request.form.get("title") == "too late":
        session.flush()
        raise Problem(409, "The time for handing in is over.", remedy="Ask your teacher.")
    return redirect(url_for(".mine"), 303)


@site.post("/album/small", policy=signed_in)
def small():
    return {"bytes": sum(len(file.read()) for file in request.files.values())}


@site.post("/album/<uuid:id>/delete", policy=signed_in)
def remove(id: UUID):
    session.delete(get_or_404(Photo, id))
    return redirect(url_for(".mine"), 303)
