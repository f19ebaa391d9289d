"""Sounds that a phone would have recorded."""

from __future__ import annotations

import wave
from array import array
from functools import cache
from io import BytesIO
from math import sin, tau

from apps.demo.evidence.canvas import dice

_A_SECOND = 8000
_LOUD = 9000
_FADE = 400
# A motor's fundamental and its overtones, and how loud each is.
_NOTES = ((1, 0.55), (2, 0.28), (3, 0.12), (5, 0.05))


@cache
def as_recording(hum: tuple[tuple[float, float], ...]) -> bytes:
    """WAV of a motor: (pitch in hertz, seconds) for each note, which swells and dies away."""
    throws = dice("hum")
    samples = array("h")
    for pitch, seconds in hum:
        count = int(seconds * _A_SECOND)
        for place in range(count):
            turn = tau * pitch * place / _A_SECOND + 0.6 * sin(tau * 3 * place / _A_SECOND)
            swell = min(place, count - place, _FADE) / _FADE
            hiss = throws.uniform(-0.08, 0.08)
            samples.append(int(_LOUD * swell * (hiss + sum(loud * sin(note * turn) for note, loud in _NOTES))))
    into = BytesIO()
    with wave.open(into, "wb") as recording:
        recording.setparams((1, samples.itemsize, _A_SECOND, 0, "NONE", ""))
        recording.writeframes(samples.tobytes())
    return into.getvalue()
