"""What happens on pathways, and to the recognition of credit."""

from apps.pathways.verbs.recognising import (
    LINK_FOR,
    Chosen,
    Outsider,
    Terms,
    accept_agreement,
    answer_credit,
    answer_credit_by_link,
    decline_agreement,
    end_agreement,
    propose_agreement,
    request_credit,
    withdraw_agreement,
    withdraw_credit_request,
    withdraw_waiting_requests,
)

__all__ = [
    "LINK_FOR",
    "Chosen",
    "Outsider",
    "Terms",
    "accept_agreement",
    "answer_credit",
    "answer_credit_by_link",
    "decline_agreement",
    "end_agreement",
    "propose_agreement",
    "request_credit",
    "withdraw_agreement",
    "withdraw_credit_request",
    "withdraw_waiting_requests",
]
