# SPDX-License-Identifier: MIT
"""Write to the person of a request: with a link that opens it, for those who cannot sign in too."""

from __future__ import annotations

from sqlalchemy import select

from upart.accounts.actions.tokens import link, make_token
from upart.accounts.models import Person, TokenPurpose
from upart.db import session
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.rights import naming
from upart.rights.models import AskedBy, RightsRequest


def tell(request: RightsRequest, what: str, *, by_link: bool = False, **values: object) -> None:
    """Mail "rights/mail/<what>.txt" to whom the request is about, or to the address that it came from."""
    person = session.scalars(select(Person).where(Person.id == request.person_id)).first() if request.person_id else None
    known = str.__str__(person.email) if person is not None and person.email else next(iter(request.addresses), "")
    if known:
        values |= {"request": request, "kind": naming.KINDS[request.kind], "link": _link(request, known, by_link)}
        send(person, Purpose.RIGHTS, template=f"rights/mail/{what}.txt", values=values, to=known)


def _link(request: RightsRequest, address: str, by_link: bool) -> str:
    """Whoever used the right by a mailed link follows it by one: they may not get into their account, or have none, as others here."""
    if request.asked_by is not AskedBy.LINK and request.account_id is not None and not by_link:
        return address_of(f"/privacy/requests/{request.id}")
    return link("/privacy/requests/follow", make_token(TokenPurpose.FOLLOW, address=address, data={"request": str(request.id)}))
