from itertools import count

from apps.accounts import verbs
from apps.accounts.models import User

_numbers = count(1)
PASSWORD = "a-long-enough-password"


def person(name: str = "", *, email: str = "") -> User:
    """Somebody with one verified address, who can sign in with PASSWORD."""
    number = next(_numbers)
    return verbs.register(
        email=email or f"person{number}@people.example", name=name or f"Person {number}", password=PASSWORD
    )


def operator() -> User:
    one = person("Operator")
    one.is_operator = True
    one.save(update_fields=["is_operator"])
    return one
