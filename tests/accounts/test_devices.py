import pytest

from apps.accounts.devices import device_of

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
ENDS = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENDS}", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENDS} Edg/143.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {ENDS}", "Chrome on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {ENDS}", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {ENDS.replace('Chrome', 'HeadlessChrome')}", "Chrome on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/18.5 Safari/605.1.15", "Safari on Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) {APPLE} CriOS/143.0 Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        ("curl/8.5.0", ""),
        ("SomethingNew (Windows NT 12)", "Windows"),
        ("", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent, words):
    assert device_of(agent) == words
