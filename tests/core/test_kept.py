"""What one process keeps in its memory."""

from apps.core.kept import Kept


def there(kept, keys):
    return "".join(key for key in keys if kept.get(key) is not None)


def test_what_was_asked_for_longest_ago_goes_first():
    kept = Kept(most_bytes=100, largest=60)
    for key in "abcd":
        kept.put(key, key.upper(), 25)
    assert kept.get("a") == "A"

    kept.put("e", "E", 50)

    assert there(kept, "abcde") == "ade"


def test_what_is_put_again_counts_once_and_what_is_dropped_not_at_all():
    kept = Kept(most_bytes=100, largest=60)
    for _turn in range(5):
        kept.put("a", "A", 50)
    kept.put("b", "B", 50)
    assert there(kept, "ab") == "ab"

    kept.drop("a")
    kept.drop("a")
    kept.put("c", "C", 50)

    assert there(kept, "abc") == "bc"


def test_what_is_too_large_is_not_kept_nor_what_lay_in_its_place():
    kept = Kept(most_bytes=100, largest=60)
    kept.put("a", "A", 10)

    kept.put("a", "larger", 61)

    assert kept.get("a") is None


def test_cleared_it_has_room_again():
    kept = Kept(most_bytes=100, largest=60)
    for key in "ab":
        kept.put(key, key, 50)

    kept.clear()
    for key in "cd":
        kept.put(key, key, 50)

    assert there(kept, "abcd") == "cd"
