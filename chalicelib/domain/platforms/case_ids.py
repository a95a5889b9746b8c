"""The external ids of the cases of platform events: one case for each return, one for each dispute."""


def return_case_id(source: str, identifier: str) -> str:
    """The external id of the case of a platform's return."""
    return f"{source}/return/{identifier}"


def dispute_case_id(source: str, identifier: str) -> str:
    """The external id of the case of a platform's dispute."""
    return f"{source}/dispute/{identifier}"
