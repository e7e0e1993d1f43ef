"""From a package to a stage that runs, and back: what an operator does with an account of AWS."""


class DeployFailed(Exception):
    """The text says what is wrong and what helps, for the person who deploys."""
