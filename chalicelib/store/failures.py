"""What DynamoDB's failures mean for us.

Source: "Error handling with DynamoDB" and "TransactWriteItems" in the DynamoDB developer guide and API reference.
"""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from chalicelib.errors import Broken, LoyaltyError, TryAgain

_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingException",
    "ThrottlingError",
}
_CONDITION = {"ConditionalCheckFailedException", "ConditionalCheckFailed"}
_MET = {"TransactionConflictException", "TransactionConflict"}


class Lost(TryAgain):
    """No answer, or one that cannot be read: a write may have happened, or may yet."""


class Met(TryAgain):
    """Two transactions met at an item; nothing of ours was written."""


def failed_conditions(err: PynamoDBException) -> tuple[int, ...]:
    """Positions, in the order sent, of the items whose condition failed; empty when it was something else."""
    codes = _codes(err)
    if "ValidationError" in codes:
        return ()
    return tuple(position for position, code in enumerate(codes) if code in _CONDITION)


def failure(err: PynamoDBException) -> LoyaltyError:
    """The kind of "no" behind PynamoDB's exception. Facts name the service's code, never its message."""
    cause = err.cause
    if isinstance(cause, ClientError):
        return _answered(_codes(err), _status(cause))
    if isinstance(cause, BotoCoreError) and not isinstance(cause, NoCredentialsError | PartialCredentialsError):
        return Lost("store_did_not_answer", cause=type(cause).__name__)
    return Broken("store_call_failed", cause=type(cause or err).__name__)


def _answered(codes: list[str], status: int) -> LoyaltyError:
    told = set(codes)
    if "ValidationError" in told:
        return Broken("store_refused", code="ValidationError")
    # A transaction that was sent twice with one token and is still running: it may yet happen.
    if status >= 500 or "TransactionInProgressException" in told:
        return Lost("store_did_not_answer", status=status)
    if told & _MET:
        return Met("store_conflict")
    if told & _THROTTLED:
        return TryAgain("store_throttled")
    return Broken("store_refused", code=",".join(sorted(told - {"None"})))


def _codes(err: PynamoDBException) -> list[str]:
    """The error's code; for a cancelled transaction, the code of each item in the order sent."""
    cause = err.cause
    if not isinstance(cause, ClientError):
        return []
    if isinstance(cause, VerboseClientError) and cause.cancellation_reasons:
        return ["None" if reason is None else reason.code for reason in cause.cancellation_reasons]
    return [str(cause.response.get("Error", {}).get("Code", ""))]


def _status(cause: ClientError) -> int:
    """The HTTP status. PynamoDB's own error forgets it; botocore's, from which it was raised, has it."""
    source: Any = cause.__cause__ if isinstance(cause.__cause__, ClientError) else cause
    status: int = source.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status
