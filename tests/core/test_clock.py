from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apps.core import clock


def test_now_is_the_present_in_utc():
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_a_held_clock_stands_still_and_lets_go_afterwards():
    moment = datetime(2020, 2, 29, 12, 0, tzinfo=UTC)

    with clock.at(moment):
        seen = [clock.now(), clock.now()]
        with clock.at(moment + timedelta(days=1)):
            seen.append(clock.now())
        seen.append(clock.now())

    assert seen == [moment, moment, moment + timedelta(days=1), moment]
    assert clock.now() > moment


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2020, 1, 1)):  # noqa: DTZ001 - the very thing
        pass


def test_a_zone_that_nobody_knows_here_is_utc_whoever_asks():
    assert [clock.zone(name).key for name in ("Pacific/Chatham", "Antarctica/Vostok_Two", "", "/etc")] == [
        *("Pacific/Chatham", "UTC", "UTC", "UTC"),
    ]
    apps = Path(clock.__file__).parent.parent
    # A constant of the demo's is known wherever Python is.
    askers = {str(path.relative_to(apps)) for path in apps.rglob("*.py") if "ZoneInfo(" in path.read_text()}
    assert askers == {"core/clock.py", "demo/shapes.py"}
