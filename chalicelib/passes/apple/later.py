"""Pushes of a process that holds no key of Apple's: the queue's function, which does, makes them."""

from collections.abc import Mapping, Sequence

from chalicelib.services.ports import PushAnswer, PushReaction, Registration


class PushedLater:
    """ports.Pusher of an operator's commands: whatever they change reaches phones by the queue, seconds later."""

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        return {each.push_token: PushAnswer(PushReaction.LATER, "by_the_queue") for each in registrations}
