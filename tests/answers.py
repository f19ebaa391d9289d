"""What an answer says that has nothing to do with the second it was asked in."""


def headers_of(answer):
    """The headers of `answer` by name, but for `Expires`: it tells the clock, so two like answers differ by a second."""
    return {name: value for name, value in answer.headers.items() if name != "Expires"}
