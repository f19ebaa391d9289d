from datetime import timedelta
from decimal import Decimal

from apps.core import clock
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.issuers.models import Achievement, Issuer
from apps.pathways import queries, verbs
from apps.pathways.models import Agreement, CreditRequest, Pathway
from tests.factories.people import person
from tests.factories.rubrics import issuer_with_owner, owner_of, published_version


def held(earner=None, version=None):
    """A badge that its earner holds: awarded directly, and signed."""
    version = version or published_version(name="Blades")
    earner = earner or person("Aroha Lee")
    given = credentials.award_directly(
        version, by=owner_of(version.achievement.issuer), address=earner.email, name="", why="Course."
    )
    credentials.bake([given.pk])
    given.refresh_from_db()
    return given


def terms(**facts) -> verbs.Terms:
    """Five NZQA credits towards a diploma, since a week."""
    usual = {"counts_towards": "Diploma in Shearing", "credits": Decimal(5), "credit_framework": "nzqa"}
    return verbs.Terms(**usual | {"starts_on": clock.now().date() - timedelta(days=7)} | facts)


def outsider(email: str = "credit@longwater.example") -> verbs.Outsider:
    return verbs.Outsider("Longwater Polytechnic", "https://longwater.example/credit", email)


def proposed(
    on: Achievement | Pathway | None = None, *, partner: Issuer | verbs.Outsider | None = None, **facts
) -> Agreement:
    """By the owner of the issuer of a badge or a pathway, to an organisation here unless an outsider is named."""
    on = on or published_version().achievement
    partner = partner or issuer_with_owner()[0]
    return verbs.propose_agreement(on.issuer, by=owner_of(on.issuer), on=on, partner=partner, terms=terms(**facts))


def agreed(on: Achievement | Pathway | None = None, **facts) -> Agreement:
    agreement = proposed(on, **facts)
    if agreement.partner is not None:
        verbs.accept_agreement(agreement, by=owner_of(agreement.partner))
    return Agreement.objects.with_names().get(pk=agreement.pk)


def asked_for_credit(
    credential: Credential,
    agreement: Agreement | None = None,
    *,
    asked: int = 5,
    evidence: tuple[str, ...] = (),
    shows_result: bool = True,
    note: str = "",
    **facts,
) -> CreditRequest:
    """By who holds it."""
    agreement = agreement or agreed(credential.achievement, **facts)
    (basis,) = queries.bases_for(credential.earner, credential.achievement)
    chosen = [verbs.Chosen(basis, shows_result, evidence)]
    return verbs.request_credit(agreement, by=credential.earner, credits_asked=Decimal(asked), note=note, chosen=chosen)
