"""The trail is added to by everybody who does anything: what one of them writes there hides nobody's deeds."""

from trail_stand_in import EVER, BucketStandIn

from ops.auditing.trail import Begun, Trail


def test_a_line_that_somebody_spoiled_hides_no_other() -> None:
    bucket, at = BucketStandIn(), 1_783_000_000_000
    trail, begun = Trail(bucket), Begun("a1", at, "prod", "night", {}, "olga")
    assert trail.begin(begun)
    for name in ("x", f"{at + 1:015d}-b1", f"{at + 2:015d}-c1"):
        assert bucket.write(f"_trail/2026-07/{name}/begun.json", b"{}" if name == "x" else b"\xff not json")
    assert bucket.write(f"_trail/2026-07/{at + 2:015d}-c1/done.json", b"[]")
    lines = trail.since(at, EVER)
    assert [(line.begun.id, line.begun.at - at, line.begun.user) for line in lines] == [
        ("c1", 2, "?"),
        ("b1", 1, "?"),
        ("a1", 0, "olga"),
    ]
    assert [line.closed and line.closed.why for line in lines] == ["unreadable", None, None]
