"""What two dozen people handed in, the responses, and what is still waiting."""

from apps.demo.stories.care import STORIES as CARE
from apps.demo.stories.digital import STORIES as DIGITAL
from apps.demo.stories.judged import STORIES as JUDGED
from apps.demo.stories.street import STORIES as STREET
from apps.demo.stories.turns import STORIES as TURNS
from apps.demo.stories.woolshed import STORIES as WOOLSHED

STORIES = (*WOOLSHED, *CARE, *DIGITAL, *STREET, *TURNS, *JUDGED)

__all__ = ["STORIES"]
