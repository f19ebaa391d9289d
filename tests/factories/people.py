from apps.accounts import verbs
from apps.accounts.models import User
from apps.core.ids import new_public_id

PASSWORD = "a-long-enough-password"


def person(name: str = "", *, email: str = "") -> User:
    """Somebody with one verified address, who can sign in with PASSWORD and has agreed to the terms."""
    mark = new_public_id()[:10]
    one = verbs.register(email=email or f"{mark}@people.example", name=name or f"Person {mark}", password=PASSWORD)
    verbs.consent(one, by=one)
    return one


def operator() -> User:
    one = person("Operator")
    one.is_operator = True
    one.save(update_fields=["is_operator"])
    return one
