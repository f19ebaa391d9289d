"""The demo's film is made here, a byte at a time: a browser has to take it for one."""

import base64

import pytest

from apps.demo.evidence.canvas import drawing
from apps.demo.evidence.film import A_SECOND, as_film

pytestmark = pytest.mark.browser

SHOWS = """async ([address, seconds]) => {
  const film = document.createElement("video");
  film.src = address;
  await new Promise((done, failed) => { film.onloadeddata = done; film.onerror = () => failed(film.error.message); });
  // "seeked" may come before there is anything to paint: it is the frame itself that is waited for.
  await new Promise(done => {
    const look = (_, { mediaTime }) => {
      if (Math.abs(mediaTime - seconds) < 1) done(); else film.requestVideoFrameCallback(look);
    };
    film.requestVideoFrameCallback(look);
    film.currentTime = seconds;
  });
  const canvas = document.createElement("canvas");
  canvas.width = film.videoWidth;
  canvas.height = film.videoHeight;
  const brush = canvas.getContext("2d");
  brush.drawImage(film, 0, 0);
  const [red, green, blue] = brush.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
  return [film.duration, [film.videoWidth, film.videoHeight], [red, green, blue].map(one => one > 127)];
}"""


@pytest.mark.parametrize(("seconds", "seen"), [(1, [True, False, False]), (4, [False, False, True])])
def test_a_film_has_its_length_and_shows_what_was_drawn_for_that_time(browser, seconds, seen):
    frames = tuple(drawing(400, 300, ground=tone) for tone in ("#f00", "#00f") for _ in range(3 * A_SECOND))
    address = f"data:video/webm;base64,{base64.b64encode(as_film(frames)).decode()}"
    page = browser.new_page()

    shown = page.evaluate(SHOWS, [address, seconds])

    page.close()
    assert shown == [6, [480, 360], seen]
