"""What goes wrong is shown as small as it can be, and again from its seed."""

import json
from pathlib import Path

from click.testing import CliRunner

from ops.simulator.command import simulate
from ops.simulator.happenings import Tells
from ops.simulator.planted import planted
from ops.simulator.run import run
from ops.simulator.shrinking import is_still_wrong, likeness, shrunk
from ops.simulator.story import Story, story

SIZE = 120
FORGETS = next(mistake for mistake in planted() if mistake.name == "what is owed is forgotten")


def wrong_story() -> Story:
    """The first story that a planted mistake spoils; the mistake must be made while this is called."""
    return next(told for seed in range(10) if run(told := story(seed, SIZE)).violations)


def test_a_story_shrinks_to_what_is_needed() -> None:
    told = story(1, SIZE)
    needed = [happening for happening in told.happenings if isinstance(happening, Tells)][5:40:17]

    def is_wrong(smaller: Story) -> bool:
        return all(happening in smaller.happenings for happening in needed)

    assert list(shrunk(told, is_wrong).happenings) == needed


def test_a_real_violation_shrinks_and_stays_the_same_violation() -> None:
    with FORGETS.made():
        told = wrong_story()
        violations = run(told).violations
        small = shrunk(told, is_still_wrong(violations), most_runs=60)

        assert len(small.happenings) <= SIZE // 3
        assert {likeness(each) for each in run(small).violations} & {likeness(each) for each in violations}
    assert run(small).violations == ()


def test_violations_are_alike_whatever_they_are_about() -> None:
    one = "promise 5: vq1dZ0GmT0yBLxF0oJb3aQ entry 3: 12 points are held"

    assert likeness(one) == likeness("promise 5: AAAdZ0GmT0yBLxF0oJb3aQ entry 44: 7 points are held")
    assert likeness(one) != likeness("promise 5: vq1dZ0GmT0yBLxF0oJb3aQ entry 3: 12 points are owed")


def test_a_seed_can_be_replayed() -> None:
    with FORGETS.made():
        seed = wrong_story().seed
        answer = CliRunner().invoke(simulate, ["--seed", str(seed), "--size", str(SIZE), "--no-shrink"])

    assert answer.exit_code == 1
    assert "violation" in answer.output
    assert f"seed {seed}:" in answer.output


def test_the_summary_for_machines_says_everything(tmp_path: Path) -> None:
    file = tmp_path / "summary.json"
    answer = CliRunner().invoke(
        simulate, ["--seeds", "2", "--size", str(SIZE), "--processes", "1", "--json", str(file)]
    )
    told = json.loads(file.read_text())

    assert answer.exit_code == 0, answer.output
    assert told["seeds"] == 2
    assert told["events"] > SIZE
    assert told["violations"] == {}
    assert 0 < told["covered"] < told["coverable"]
    assert told["faults"]["throttled"] > 0


def test_a_run_that_must_cover_everything_names_what_it_missed() -> None:
    answer = CliRunner().invoke(simulate, ["--seeds", "1", "--size", "30", "--processes", "1", "--require-coverage"])

    assert answer.exit_code == 1
    assert "never happened" in answer.output
