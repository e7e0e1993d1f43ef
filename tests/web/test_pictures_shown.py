"""GET /pictures/{name}, and where a page finds a card's pictures."""

import msgspec
import pytest
from web_samples import a_face

from chalicelib.services.ports.pictures import NEUTRAL, Sheet, address_of, digest_of
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.web.pictures import PictureRoom

LOOK = {
    "web/logo.png": b"logo",
    "web/strip/stamps-3.png": b"three",
    "web/strip/stamps-4.png": b"four",
    "web/icon-192.png": b"icon",
}


class Counted(MemoryPictures):
    """Counts what is asked of it."""

    asked = 0

    def picture(self, digest: str) -> bytes | None:
        self.asked += 1
        return super().picture(digest)

    def sheet(self, name: str) -> Sheet | None:
        self.asked += 1
        return super().sheet(name)


@pytest.fixture
def pictures() -> Counted:
    return Counted()


def test_a_picture_is_the_same_for_ever_under_its_address(pictures: Counted) -> None:
    pictures.keep(LOOK)

    answer = PictureRoom(pictures).picture(f"{digest_of(b'logo')}.png")

    assert (answer.status, answer.body) == (200, b"logo")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_it_is_not_sent_it_again(pictures: Counted) -> None:
    pictures.keep(LOOK)
    name = f"{digest_of(b'logo')}.png"
    tag = PictureRoom(pictures).picture(name).headers["ETag"]

    answer = PictureRoom(pictures).picture(name, if_none_match=f'"other", W/{tag}')

    assert (answer.status, answer.body) == (304, b"")


def test_there_is_no_other_picture(pictures: Counted) -> None:
    assert PictureRoom(pictures).picture(f"{'0' * 32}.png").status == 404


@pytest.mark.parametrize("name", ["", "logo.png", "../../etc/passwd", f"{'0' * 31}.png", f"{'F' * 32}.png", "ё.png"])
def test_for_a_name_that_cannot_be_one_nothing_is_read(pictures: Counted, name: str) -> None:
    assert PictureRoom(pictures).picture(name).status == 404
    assert pictures.asked == 0


def test_a_page_finds_the_logo_the_icons_and_the_strip_of_the_cards_scene(pictures: Counted) -> None:
    room, face = PictureRoom(pictures), a_face()
    dressed = msgspec.structs.replace(
        face, look=msgspec.structs.replace(face.look, sheet=pictures.keep(LOOK), scene="stamps-4")
    )

    assert room.logo(dressed) == address_of(digest_of(b"logo"))
    assert room.strip(dressed) == address_of(digest_of(b"four"))
    assert room.icons(dressed) == {"icon-192": address_of(digest_of(b"icon"))}


def test_a_card_without_prepared_pictures_shows_none_of_its_own(pictures: Counted) -> None:
    room, face = PictureRoom(pictures), a_face()
    plain = msgspec.structs.replace(face, look=msgspec.structs.replace(face.look, sheet=NEUTRAL, scene="stamps-4"))

    assert (room.logo(plain), room.strip(plain), room.icons(plain)) == ("", "", {})
    assert (
        room.strip(
            msgspec.structs.replace(
                plain, look=msgspec.structs.replace(plain.look, sheet=pictures.keep(LOOK), scene="")
            )
        )
        == ""
    )
