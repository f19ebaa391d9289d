"""Somebody with a name like nobody's, who did everything that can be done here; and where any of it still stands."""

import base64
import json
import quopri
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image, PngImagePlugin

from apps.accounts import verbs as accounts
from apps.accounts.models import User
from apps.backpacks import verbs as backpacks
from apps.core import clock, outbox
from apps.credentials import queries, tokens
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential, SignedForm
from apps.issuers.models import Issuer
from apps.pathways import verbs as pathways
from apps.pathways.models import Stack
from apps.reviews import verbs as reviews
from apps.submissions import verbs as submissions
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.places import Place
from tests.backpacks.test_blocks import photograph
from tests.backpacks.test_items import declared, picture
from tests.credentials.abroad import abroad
from tests.factories import (
    ALL_GOOD,
    PASSWORD,
    agreed,
    asked_for_credit,
    assessor_of,
    awarded_credential,
    browser,
    endorsed,
    invited,
    issuer_with_owner,
    marks_for,
    nobody_in,
    open_attempt,
    operator,
    outsider,
    owner_of,
    person,
    published_version,
)
from tests.factories import bulk as tables
from tests.factories.pathways import badge, published
from tests.factories.uploads import begun, pdf, send, sent_piece, zipped

NAME = "Zyxquill Ngāmarama"
ADDRESS, OTHER, NEVER_PROVED = "zyxquill@quill.example", "zyx@feather.example", "zyxquill.old@quill.example"
MARKS = ("zyxquill", "ngāmarama", "ngamarama", "zyx@feather")


@dataclass
class Leaver:
    """What they have, for a test to look at."""

    person: User
    issuer: Issuer
    assessor: User
    judged: Credential
    direct: Credential
    attempt: Attempt
    link: str
    handle: str
    png: bytes
    signed: str


def png(text):
    told, data = PngImagePlugin.PngInfo(), BytesIO()
    told.add_text("Author", text)
    Image.new("RGB", (40, 30), "olive").save(data, "PNG", pnginfo=told)
    return data.getvalue()


def leaver(test_settings):
    one = person(NAME, email=ADDRESS)
    EmailAddress.objects.create(user=one, email=OTHER, verified=True)
    EmailAddress.objects.create(user=one, email=NEVER_PROVED, verified=False)
    at_the_door = browser()
    at_the_door.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD}, HTTP_USER_AGENT="Zyxquill's browser")
    at_the_door.post("/accounts/password/reset/", {"email": ADDRESS})
    accounts.create_token(one, by=one, name="Zyxquill's laptop", scopes=["profile:read"])
    issuer, owner = issuer_with_owner()
    invited(issuer, OTHER)
    LogEntry.objects.create(
        user=operator(),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(one.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"Looked at {ADDRESS}",
    )
    attempt, judged, assessor = _judged(one, issuer)
    _appealed(one)
    _under_way(one)
    direct = credentials.award_directly(
        published_version(issuer), by=owner, address=OTHER, name=NAME, why=f"{NAME} taught the course."
    )
    _in_tables(issuer, owner)
    outbox.drain()
    with abroad(test_settings) as there:
        foreign = backpacks.file_foreign(credentials.keep_foreign(there.badge(ADDRESS, description=NAME), by=one))
    _asked_for_credit(judged)
    _walked(one, issuer, owner)
    link = _shown(one, judged, foreign)
    endorsed(judged, comment=f"{NAME} is good at it.", note=f"Please, for {NAME}.")
    _asked_outside(one, judged, issuer)
    signed = queries.signed_form(judged, SignedForm.Format.OB3_EDDSA)
    baked = queries.baked("png", signed, judged.version)
    credentials.verify_many(files=[(f"{NAME}.png", baked)], addresses=[f"https://quill.example/{ADDRESS}"])
    outbox.drain()
    _brought_and_asked(one, issuer, owner)
    judged.refresh_from_db()
    direct.refresh_from_db()
    return Leaver(one, issuer, assessor, judged, direct, attempt, link, "zyxquill", baked, signed.text)


def _asked_outside(one, judged, issuer):
    """Someone outside endorsed what they earned, and another is asked; they endorsed another's, and are asked about more."""
    given = credentials.ask_outside(
        judged, by=one, name=f"{NAME}’s boss", address="boss@kea.example", note=f"For {NAME}."
    )
    _answered(given, "boss@kea.example", role=f"{NAME}’s boss", comment=f"{NAME} can.")
    waiting = credentials.ask_outside(judged, by=one)
    token = tokens.ask_token(waiting.outside.public_id)
    said = {"name": f"{NAME}’s uncle", "role": NAME, "address": "uncle@kea.example", "comment": f"{NAME} can."}
    credentials.propose_endorsement(token, **said)
    other = awarded_credential(version=published_version(issuer))
    _answered(
        credentials.ask_outside(other, by=other.earner, name=NAME, address=OTHER, note=f"Please, {NAME}."),
        OTHER,
        name=NAME,
        role=f"{NAME} of Quill",
        comment=f"So says {NAME}.",
    )
    more = awarded_credential(version=published_version(issuer))
    credentials.ask_outside(more, by=more.earner, name=NAME, address=ADDRESS, note=f"And this, {NAME}.")


def _answered(asked, address, *, name="Boss", **said):
    credentials.endorse_outside(tokens.answer_token(asked.outside.public_id, address), name=name, **said)
    outbox.drain()


def _judged(one, issuer):
    """Handed in with pieces of all kinds, talked about, noted on, judged, and awarded."""
    attempt = open_attempt(published_version(issuer), learner=one)
    submissions.save_draft(
        attempt,
        by=one,
        edition=attempt.edition,
        overview=f"I am {NAME}.",
        reflection=f"Write to {ADDRESS}.",
        context_confirmer=f"{NAME}’s uncle",
    )
    about = {"by": one, "about": nobody_in(f"By {NAME}")}
    files = {
        "image": SimpleUploadedFile("Zyxquill.png", png(f"Zyxquill {ADDRESS}")),
        "document": SimpleUploadedFile("Zyxquill.pdf", pdf(f"{NAME} {ADDRESS}")),
    }
    for kind, upload in files.items():
        submissions.add_evidence(attempt, kind=kind, upload=upload, **about)
    submissions.add_evidence(
        attempt, kind="data", upload=SimpleUploadedFile("Zyxquill.txt", f"{NAME}\n".encode()), **about
    )
    submissions.add_evidence(attempt, kind="text", text=f"{NAME} sharpened it.", **about)
    submissions.add_evidence(attempt, kind="link", url="https://zyxquill.example/film", **about)
    sent_piece(attempt, pdf(f"{NAME} in parts"), name="Zyxquill 2.pdf", kind="document", title=NAME)
    outbox.drain()
    attempt.refresh_from_db()
    submissions.submit(attempt, by=one)
    outbox.drain()
    attempt.refresh_from_db()
    submissions.write_message(attempt.submission, by=one, text=f"{NAME} here.")
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    submissions.write_message(attempt.submission, by=assessor, text=f"Kia ora {NAME}!")
    reviews.annotate(
        attempt,
        by=assessor,
        evidence=attempt.evidence.filter(kind="text").last(),
        criterion=None,
        place=Place(None, None, "sharpened"),
        text=f"{NAME} does this well.",
        for_learner=True,
    )
    marks = {criterion: (level, f"Well shown, {NAME}.") for criterion, (level, _said) in marks_for(attempt).items()}
    decision = reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note=f"Thank you, {NAME}.")
    outbox.drain()
    credential = Credential.objects.get(decision_id=decision.public_id)
    credentials.disclose(
        credential, by=one, name=True, words=True, evidence=[attempt.evidence.filter(kind="text").last().public_id]
    )
    return attempt, credential, assessor


def _appealed(one):
    """Not yet met, and appealed against: the appeal is still open when they leave."""
    attempt = open_attempt(learner=one)
    submissions.submit(attempt, by=one)
    outbox.drain()
    attempt.refresh_from_db()
    assessor = assessor_of(attempt.submission.achievement)
    reviews.take(attempt, by=assessor)
    reviews.decide(
        attempt, by=assessor, marks=marks_for(attempt, short=True), answers=ALL_GOOD, note=f"Not yet, {NAME}."
    )
    outbox.drain()
    reviews.lodge_appeal(attempt.submission, by=one, ground="evidence", grounds=f"They never asked {NAME}.")
    outbox.drain()


def _under_way(one):
    """One that an assessor holds, and a draft with a file that has not all arrived."""
    attempt = open_attempt(learner=one)
    submissions.submit(attempt, by=one)
    outbox.drain()
    attempt.refresh_from_db()
    reviews.take(attempt, by=assessor_of(attempt.submission.achievement))
    draft = open_attempt(learner=one)
    content = zipped(**{"word/document.xml": NAME.encode(), "[Content_Types].xml": b"<Types/>"}) + b" " * 300
    upload = begun(draft, content, name="Zyxquill.docx", kind="document", title=NAME)
    send(upload, content)


def _brought_and_asked(one, issuer, owner):
    """Files that are no badges, an award of a code that waits for a yes, and one that nobody has kept yet."""
    backpacks.import_badges(by=one, files=[("Zyxquill.json", f'{{"name": "{NAME}"}}'.encode())], text=f"{NAME}")
    code = credentials.make_claim_code(
        published_version(issuer),
        by=owner,
        why="Was there.",
        opens_at=clock.now() - timedelta(hours=1),
        closes_at=clock.now() + timedelta(days=30),
        most=9,
        asks_approval=True,
    )
    credentials.use_claim_code(code, by=one)
    outbox.drain()


def _in_tables(issuer, owner):
    """Awarded from a table; in one that was looked at, beside somebody else; and in one of which nobody knows the columns."""
    row = (ADDRESS, NAME, f"{NAME} helped.", f"https://work.example/{ADDRESS}")
    whole = tables.checked(row, version=published_version(issuer), by=owner)
    credentials.award_bulk(whole, by=owner)
    other = ("ani@people.example", "Ani Ruru", f"Taught by {OTHER}.")
    tables.checked(row, (OTHER, NAME), other, version=published_version(issuer), by=owner)
    tables.begun((ADDRESS, NAME), version=published_version(issuer), by=owner, name=f"{NAME}.csv")


def _asked_for_credit(judged):
    """A part counted at a partner here; another, outside, has not answered yet. Somebody else's request names them too."""
    answered = asked_for_credit(judged, note=f"{NAME} asks.", evidence=tuple(queries.evidence_of(judged)))
    chief = owner_of(answered.agreement.partner)
    pathways.answer_credit(answered, by=chief, counted=Decimal(3), reason=f"{NAME} knows the rest.")
    elsewhere = agreed(judged.achievement, partner=outsider(), conditions=f"Ask {NAME}.")
    asked_for_credit(judged, elsewhere, note=f"Write to {ADDRESS}.")
    agreed(judged.achievement, partner=outsider(NEVER_PROVED.title()))
    outbox.drain()


def _walked(one, issuer, owner):
    """Something reached on a pathway that was at risk and let stand, in words about them; and a plan of their own."""
    step = badge(issuer, "A step of a way")
    pathways.enrol(published(issuer, [step], name="A way").pathway, by=one)
    held = credentials.award_directly(step.versions.get(), by=owner, address=one.email, name="", why="Was there.")
    outbox.drain()
    credentials.suspend(held, by=owner, note="")
    outbox.drain()
    pathways.decide(Stack.objects.get(enrolment__learner=one), by=owner, outcome="keep", reason=f"{NAME} showed it.")
    plan = pathways.plan(by=one, name=f"{NAME}’s plan")
    pathways.edit(plan, by=one, description=f"For {NAME}.")
    group = pathways.add_node(plan, by=one, into="n1", kind="any", name=f"What {NAME} likes")
    pathways.add_node(plan, by=one, into=group.code, kind="badge", achievement=step)
    pathways.share(pathways.publish(plan, by=one).pathway, by=one)
    later = pathways.draft_next(plan.pathway, by=one)
    given_up = pathways.add_node(later, by=one, into="n1", kind="milestone", name=f"What {NAME} gave up")
    pathways.remove_node(later, by=one, code=given_up.code)


def _shown(one, judged, foreign):
    item = judged.backpack_item
    credentials.show(judged, by=one, visibility="public")
    told = declared(one, "Zyxquill's licence", picture=picture(), words=f"{NAME} holds it.")
    backpacks.note_item(told, by=one, tags=["zyxquill"], note=NAME)
    collection = backpacks.make_collection(by=one, title=f"{NAME}’s work", story=f"Of {NAME}.")
    for each in (item, foreign, told):
        backpacks.collect(collection, each, by=one)
    backpacks.write_block(collection, by=one, kind="text", words=f"Ask {ADDRESS}.")
    mistaken = backpacks.write_block(collection, by=one, kind="text", words=f"Or {NAME}.")
    backpacks.uncollect(mistaken, by=one)
    backpacks.set_cover(collection, by=one, picture=photograph(), alt=f"{NAME} at dawn")
    link = backpacks.share(collection, by=one, name="For Zyxquill's boss")
    backpacks.publish_collection(collection, by=one)
    backpacks.edit_profile(one, by=one, handle="zyxquill", headline=NAME, about=f"Write to {ADDRESS}.")
    backpacks.turn_on_profile(one, by=one)
    return link.public_id


# --- where it still stands --------------------------------------------------------------------------------------------
def forms_of(mark):
    """As bytes, in every way in which a text is commonly written down."""
    said = {mark, mark.upper(), mark.title(), mark.capitalize()}
    for text in said:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield raw.hex().encode()
        yield json.dumps(text)[1:-1].encode()
        yield quote(text).encode()
        yield quopri.encodestring(raw)
        # In base64 it may begin at each of three places.
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + raw)
            yield encoded[-(-before * 8 // 6) + 1 : len(encoded) - 4]


FORMS = {form for mark in MARKS for form in forms_of(mark) if len(form) > 5}


def holds(data):
    return any(form in data for form in FORMS) or any(form in data.lower() for form in FORMS)


def tables_that_name_them():
    """Every table of the database, written out as a dump writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = set()
        for (name,) in cursor.fetchall():
            written = bytearray()
            with cursor.copy(f'COPY "{name}" TO STDOUT') as lines:
                for line in lines:
                    written += bytes(line)
            if holds(bytes(written)):
                found.add(name)
    return found


def files_that_name_them():
    """Every file of the storage: its path, its bytes, and where it is a ZIP, what is inside."""
    root, found = Path(default_storage.location), set()
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes() + str(path.relative_to(root)).encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                data += b"".join(archive.read(name) for name in archive.namelist())
        if holds(data):
            found.add(str(path.relative_to(root)))
    return found


def cached_that_names_them():
    """What Valkey remembers: keys and values, of whichever kind."""
    client = cache._cache.get_client()
    return {key for key in client.scan_iter(count=1000) if holds(key + (client.dump(key) or b"") + _value(client, key))}


def _value(client, key):
    """As it was given, where it is one text or a table of texts; what is written out whole may be packed."""
    kind = client.type(key)
    if kind == b"string":
        return client.get(key) or b""
    return b"".join(part for pair in client.hgetall(key).items() for part in pair) if kind == b"hash" else b""


def evidence_of(attempt):
    return EvidenceItem.objects.filter(attempt=attempt)
