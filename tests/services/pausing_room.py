"""A town in which earning is paused and resumed, and what waits is worked off."""

from stand_ins import SECOND
from whole_house import PROGRAM, SETTINGS, Town, sqs_event

from chalicelib.programs.pausing import What
from chalicelib.services.pausing import Resumed

NOTICED = SETTINGS.program_cache_seconds * SECOND
WHY = {"by": "olga", "why": "prices were wrong"}


def pause(here: Town, what: What = "earning", connection: str = "") -> None:
    _, is_new = here.house.pausing.pause(here.program, what, connection=connection, **WHY)
    assert is_new


def resume(here: Town, what: What = "earning", connection: str = "") -> Resumed:
    return here.house.pausing.resume(here.program, what, connection=connection, by="olga", rate=200)


def work_off(here: Town, *, most: int = 1_000) -> int:
    """The queue of deferred deliveries until it is empty, each message in its time, and the schedule that revives
    walks; how many messages."""
    count = 0
    while count < most:
        waiting = here.deferred.take()
        if not waiting:
            resting = [walk for walk in here.own.walks.walks() if walk.state == "running"]
            if not resting:
                return count
            here.clock.instant = max(here.clock.instant, *(walk.rests_until for walk in resting))
            assert here.house.walking.revive() > 0
            continue
        for message, delay in waiting:
            here.clock.forward(delay * SECOND)
            assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}
            count += 1
    raise AssertionError("it does not come to an end")


def waiting(here: Town) -> int:
    return len(here.own.inbox.kept("paused"))


def trail(here: Town) -> list[tuple[str, str, str, str]]:
    lines = here.own.programs.pause_trail(PROGRAM, limit=20)
    return [(line.did, line.what, line.connection, line.by) for line in lines]
