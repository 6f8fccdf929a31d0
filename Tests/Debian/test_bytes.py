"""The same commit and programs give the same bytes."""

import pytest
from package import DIST, NAMES, only


@pytest.mark.parametrize("name", NAMES)
def test_another_user_at_another_time_in_another_place_builds_the_same_bytes(name, again):
    first, second = only(DIST, name), only(again, name)
    assert first.name == second.name
    assert first.stat().st_ino != second.stat().st_ino
    assert first.read_bytes() == second.read_bytes()
