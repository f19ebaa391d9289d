"""A Satchel of more than one machine's worth: two web servers, four workers and beat, which somebody kills again and again.

Whoever looks after services starts each again at once; here that is a thread. What people do goes through the web servers,
and is asked again of the other where one dies over it, as a person would.
"""

import contextlib
import http.client
import itertools
import json
import os
import shutil
import signal
import threading
import time
import urllib.error
import urllib.request

import psycopg

from tests.stack import Stack, free_port, wait_until

# name -> queues, processes
WORKERS = {"worker 1": ("now", 2), "worker 2": ("now", 1), "worker 3": ("bulk", 1), "worker 4": ("mail", 1)}
# The one process that hands letters over, one at a time: when it is killed, or the database under it, one letter at most
# is in the mail server's hands and not yet noted, and is handed over again.
HANDS_OVER = "worker 4"
WEBS = ("web 1", "web 2")

# Work that waits for its decision, and what an assessor and an issuer need to act through the API.
PREPARE = """
import json
from apps.accounts import verbs as accounts
from apps.core import outbox
from apps.reviews import verbs
from tests.factories import ALL_GOOD, assessable_attempt, assessor_of, marks_for, owner_of, published_version

version = published_version()
assessor, owner = assessor_of(version.achievement), owner_of(version.achievement.issuer)
attempts = [assessable_attempt(version) for _number in range({number})]
for attempt in attempts:
    verbs.take(attempt, by=assessor)
outbox.drain()
secrets = [
    accounts.create_token(person, by=person, name="Program", scopes=[scope])[1]
    for person, scope in ((assessor, "reviews:write"), (owner, "awards:write"))
]
marks = [
    {{"criterion": one.code, "level": level, "comment": said}}
    for one, (level, said) in marks_for(attempts[0]).items()
]
print(json.dumps([
    [attempt.public_id for attempt in attempts], *secrets, {{"marks": marks, **ALL_GOOD, "note": "Thank you."}}
]))
"""

# The same people by the dozen: checked tables, each of which one act awards, and another takes back.
TABLES = """
import json
from apps.accounts.models import User
from apps.core import clock
from apps.credentials.models import BulkAward, BulkRow
from tests.factories import owner_of, published_version

version = published_version()
owner = owner_of(version.achievement.issuer)
tables = []
for table in range({tables}):
    bulk = BulkAward.objects.create(
        issuer=version.achievement.issuer, version=version, by=owner, why="The course of May", file_name="may.csv",
        state="checked", made_at=clock.now(),
    )
    BulkRow.objects.bulk_create(
        BulkRow(bulk=bulk, number=number, state="ready", address=f"t{{table}}n{{number}}@people.example", name="Somebody")
        for number in range(2, {rows} + 2)
    )
    tables.append(bulk.pk)
print(json.dumps(tables))
"""
ACT_ON_TABLE = """
import json
from django.db import close_old_connections
from apps.credentials import verbs
from apps.credentials.models import BulkAward
close_old_connections()
bulk = BulkAward.objects.get(pk={table})
verbs.{act}(bulk, by=bulk.by{more})
print(json.dumps(True))
"""

# Each figure is a number of things that are not as they must be.
LOOK = """
import email, hashlib, json
from collections import Counter
from django.conf import settings
from django.db.models import Q
from apps.backpacks.models import BackpackItem
from apps.core import events
from apps.core.models import Event, Job
from apps.credentials import queries
from apps.credentials.formats import bitstring
from apps.credentials.models import Bake, BulkRow, Credential, SignedForm, StatusEntry, StatusList
from apps.credentials.verbs.status_lists import SET_IN, Purpose
from apps.notices.backends import HANDED_OVER
from apps.notices.models import Letter
from apps.reviews.models import Decision
from apps.submissions.models import Attempt

decided, standing = {decided}, {standing}
events.seal()

def more_than_once(things):
    return sum(times - 1 for times in Counter(things).values())

credentials = list(Credential.objects.select_related("version").prefetch_related("forms__bakes"))
decisions = set(Decision.objects.values_list("public_id", flat=True))
judged = set(Decision.objects.filter(attempt__public_id__in=decided).values_list("attempt__public_id", flat=True))
formats = set(SignedForm.Format.values)
pictures = {{
    one.pk: {{(kind, picture) for kind in formats for picture in queries.pictures_for(kind, one.version)}}
    for one in credentials
}}
rows = BulkRow.objects.exclude(bulk__state="checked")
filed = set(BackpackItem.objects.values_list("credential_id", flat=True))
letters = Letter.objects.filter(kind="award")
# Of what was taken back before its letter had left, none goes.
stopped = Q(state="cancelled", notices__award_delivery__credential__status="revoked")
kept = [email.message_from_bytes(path.read_bytes())["Message-ID"] for path in settings.MAIL_DIR.glob("*.eml")]
kept = {{name.strip().removeprefix("<").partition("@")[0] for name in kept}}
handed_over = (settings.MAIL_DIR / HANDED_OVER).read_text().splitlines()
handed_over = Counter(name.removeprefix("<").partition("@")[0] for name in handed_over)
trail = Event.objects.values_list("kind", "subject_id", "data")
once = ("decision.made", "credential.awarded", "credential.baked", "credential.offered", "credential.signed")

def bits_differ(one):
    first = one.number if one.purpose == Purpose.REVOCATION else one.number - 1
    entries = StatusEntry.objects.filter(list__issuer=one.issuer_id, list__number=first)
    meant = set(entries.filter(credential__status__in=SET_IN[Purpose(one.purpose)]).values_list("index", flat=True))
    bits = bitstring.decode(json.loads(one.text)["credentialSubject"]["encodedList"], most_bytes=2**20)
    return {{index for index in range(8 * len(bits)) if bitstring.is_set(bits, index)}} != meant

print(json.dumps({{
    "things": {{
        "credentials": len(credentials), "signed forms": SignedForm.objects.count(), "pictures": Bake.objects.count(),
        "letters": letters.count(), "letters handed over once more": sum(max(handed_over[letter.public_id] - 1, 0) for letter in letters),
        "events": len(trail), "jobs": Job.objects.count(),
        "changes of status": sum(StatusList.objects.values_list("changes", flat=True)),
    }},
    "lost": {{
        "decisions": len(set(decided) - judged),
        "credentials": len(decisions - {{one.decision_id for one in credentials}}),
        "rows of tables": rows.exclude(state__in=("awarded", "undone")).count(),
        "signed forms": sum(len(formats - {{form.format for form in one.forms.all()}}) for one in credentials),
        "pictures": sum(len(pictures[one.pk] - {{(form.format, bake.picture) for form in one.forms.all() for bake in form.bakes.all()}})
                        for one in credentials),
        "places in a backpack": sum(one.pk not in filed for one in credentials),
        "letters": len(credentials) - letters.filter(Q(state="sent") | stopped).count(),
        "letters handed over": sum(
            not {{letter.public_id}} <= kept & handed_over.keys() for letter in letters.exclude(stopped)
        ),
        "changes of status": sum(one.status != standing.get(one.public_id, "valid") for one in credentials),
        "signed status lists": sum(one.published != one.changes for one in StatusList.objects.all()),
        "jobs": Job.objects.exclude(state="done").filter(enqueued_at__lte={by!r}).count(),
    }},
    "doubled": {{
        "credentials": more_than_once((one.version_id, one.earner_id) for one in credentials),
        "signed forms": more_than_once((form.credential_id, form.format) for form in SignedForm.objects.all()),
        "pictures": more_than_once((bake.form_id, bake.picture) for bake in Bake.objects.all()),
        "places in a backpack": more_than_once(BackpackItem.objects.values_list("credential_id", flat=True)),
        "letters": more_than_once(letter.person_id for letter in letters),
        "events": more_than_once((kind, subject, data.get("format")) for kind, subject, data in trail if kind in once),
    }},
    "digests that differ": {{
        "signed forms": sum(hashlib.sha256(one.text.encode()).hexdigest() != one.sha256 for one in SignedForm.objects.all()),
        "pictures": sum(
            hashlib.sha256(queries.baked(bake.picture, bake.form, bake.form.credential.version)).hexdigest() != bake.sha256
            for bake in Bake.objects.select_related("form__credential__version")
        ),
        "status lists": sum(bits_differ(one) for one in StatusList.objects.all()),
        "trail of events": int(bool(events.first_break())),
    }},
}}))
"""


class Many(Stack):
    """`answered_late`: for each act that a web server died over, how many seconds later another answered it."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ports = dict(zip(WEBS, (self.port, free_port()), strict=True))
        self.answered_late: list[tuple[float, float]] = []
        self.over = threading.Event()
        self.keeping = threading.Thread(target=self._keep, daemon=True)
        self._turns = itertools.cycle(WEBS)

    def __exit__(self, *error):
        self.over.set()
        if self.keeping.is_alive():
            self.keeping.join()
        super().__exit__(*error)

    def start_all(self):
        for name, port in self.ports.items():
            self.start_web(name, PORT=str(port))
        for name, (queues, processes) in WORKERS.items():
            self.start_worker(queues, name, processes)
        self.start_beat()
        self.keeping.start()
        return self

    # --- what kills, and what looks after services --------------------------------------------------------------------
    def shoot(self, name):
        """As by `kill -9`, with all that it started; the broker's data go with it. It will be started again."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, signal.SIGKILL)

    def _keep(self):
        """All from this one thread: a process of ours dies with the thread that started it."""
        while not self.over.wait(0.2):
            for name in ("broker", *WEBS, *WORKERS, "beat"):
                if not self.alive(name):
                    if name == "broker":
                        self._forget_what_it_held()
                    self.start_again(name)

    def _forget_what_it_held(self):
        shutil.rmtree(self.folder / "valkey")
        (self.folder / "valkey").mkdir()
        self.socket.unlink(missing_ok=True)

    # --- what people do -----------------------------------------------------------------------------------------------
    def prepare(self, number):
        """(attempts, the assessor's key, the issuer's key, a marking that meets everything)"""
        return self.python(PREPARE.format(number=number))

    def prepare_tables(self, tables, rows):
        """Keys of checked tables for bulk awards, each of so many people whom nobody knows yet."""
        return self.python(TABLES.format(tables=tables, rows=rows))

    def decide(self, attempt, key, marking):
        """True once it is decided: now, or by an answer that never came back."""
        return self._ask(f"/api/v1/reviews/{attempt}/decide/", key, marking, "decided already")

    def revoke(self, credential, key):
        body = {"reason": "mistake", "note": "It was not theirs."}
        return self._ask(f"/api/v1/credentials/{credential}/revoke/", key, body, "is taken back")

    def suspend(self, credential, key):
        return self._ask(f"/api/v1/credentials/{credential}/suspend/", key, {"note": "We look again."}, "is paused")

    def award_table(self, table):
        return self._act_on_table(table, "award_bulk", "")

    def undo_table(self, table):
        return self._act_on_table(table, "undo_bulk", ', reason="mistake", note="The wrong table."')

    def _act_on_table(self, table, act, more):
        """Asked again where the database is away."""

        def acted():
            with contextlib.suppress(AssertionError):
                return self.python(ACT_ON_TABLE.format(table=table, act=act, more=more))
            return False

        return wait_until(acted, act, seconds=60)

    def _ask(self, path, key, body, done_already, seconds=90):
        """Ask one web server after the other until one answers."""
        ends, failed_at = time.monotonic() + seconds, None
        while time.monotonic() < ends and not self.over.is_set():
            status, said = self._try(self.ports[next(self._turns)], path, key, body)
            if status in {200, 409}:
                if status == 409 and done_already not in said:
                    raise AssertionError(f"{path}: {said}")
                if failed_at:
                    self.answered_late.append((failed_at, time.time() - failed_at))
                return True
            if status < 500:
                raise AssertionError(f"{path}: {status} {said}")
            failed_at = failed_at or time.time()
            time.sleep(0.1)
        raise AssertionError(f"{path} was not answered within {seconds} s: {said}")

    @staticmethod
    def _try(port, path, key, body):
        """(status, words); 599 where nobody answers."""
        request = urllib.request.Request(
            f"http://localhost:{port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, ValueError) as error:
            return 599, str(error)
        except http.client.HTTPException as error:
            return 599, repr(error)

    # --- looking ------------------------------------------------------------------------------------------------------
    def rows(self, query, *values):
        """Asked again where the database is away."""

        def found():
            with contextlib.suppress(psycopg.OperationalError):
                return [super(Many, self).rows(query, *values)]
            return None

        return wait_until(found, "the database")[0]

    def all_done(self):
        return self.one("SELECT count(*) = 0 FROM core_job WHERE state <> 'done'")

    def look(self, decided, standing, *, cut_short, by):
        """{"things": …, "lost": {of what: how many}, "doubled": …, "digests that differ": …}

        `decided`: attempts whose decision was answered; `standing`: {credential: the status that was answered};
        `cut_short`: how many faults may have come between a letter's hand-over and its note. Doubled is what went once
        more without one of them. `by`: the moment until which jobs count.
        """
        asked = LOOK.format(decided=list(decided), standing=standing, by=by.isoformat())
        found = self.python(asked, fresh=True)
        again = found["things"]["letters handed over once more"]
        found["doubled"]["letters handed over"] = max(again - cut_short, 0)
        return found
