"""From a checkout to a zip and a template that CloudFormation deploys."""


class PackageFailed(Exception):
    """The text says what is wrong with the package, for the person who makes it."""
