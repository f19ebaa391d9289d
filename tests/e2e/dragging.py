"""Dragging a row of a list to its top, as a hand does it: until the list shows that it has come there."""

from tests.stack import wait_until


def drag_to_top(page, words, *, grips, rows):
    """The row with these words, by its grip. Rows that still make way take nothing: so it is held there until they do."""
    at = next(place for place, row in enumerate(rows.all()) if words in row.inner_text())
    rows.first.evaluate("row => row.scrollIntoView({ block: 'center', behavior: 'instant' })")
    start, end = grips.nth(at).bounding_box(), rows.first.bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()

    def is_there():
        page.mouse.move(end["x"] + 40, end["y"] + 30, steps=3)
        page.mouse.move(end["x"] + 40, end["y"] + 4, steps=3)
        return words in rows.first.inner_text()

    wait_until(is_there, "the dragged row")
    page.mouse.up()
