import hashlib
import zipfile
from io import BytesIO

from apps.core import outbox
from apps.submissions import verbs
from apps.submissions.models import Attempt, EvidenceItem, Upload

WAV = (
    b"RIFF"
    + (36 + 8000).to_bytes(4, "little")
    + b"WAVEfmt "
    + bytes(20)
    + b"data"
    + (8000).to_bytes(4, "little")
    + bytes(8000)
)


def pdf(note: str = "") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%" + note.encode() + b"\ntrailer<</Root 1 0 R>>\n%%EOF"


def mp4(size: int = 20_000) -> bytes:
    """A film as far as its boxes go."""
    head = (24).to_bytes(4, "big") + b"ftypisom\0\0\2\0isommp41"
    return head + (size - 24).to_bytes(4, "big") + b"mdat" + bytes(index % 251 for index in range(size - 32))


def zipped(**files: bytes) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Of one moment: the same bytes in every process of a run.
            entry = zipfile.ZipInfo(name)
            archive.writestr(entry, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return data.getvalue()


def begun(attempt: Attempt, content: bytes, *, name: str = "clip.mp4", kind: str = "video", **facts) -> Upload:
    return verbs.begin_upload(attempt, by=attempt.submission.learner, name=name, size=len(content), kind=kind, **facts)


def send(upload: Upload, content: bytes, *numbers: int) -> None:
    """The parts with these numbers, or all of them."""
    for number in numbers or range(1, upload.count + 1):
        start = (number - 1) * upload.part_size
        chunk = content[start : start + upload.part_size]
        verbs.receive_part(
            upload,
            by=upload.learner,
            number=number,
            stream=BytesIO(chunk),
            sha256=hashlib.sha256(chunk).hexdigest(),
        )


def sent_piece(attempt: Attempt, content: bytes, **facts) -> EvidenceItem:
    """Sent in parts and added; the job that reads it is still to come."""
    upload = begun(attempt, content, **facts)
    send(upload, content)
    return verbs.complete_upload(upload, by=upload.learner)


def checked_piece(attempt: Attempt, content: bytes, **facts) -> EvidenceItem:
    piece = sent_piece(attempt, content, **facts)
    outbox.drain()
    piece.refresh_from_db()
    return piece
