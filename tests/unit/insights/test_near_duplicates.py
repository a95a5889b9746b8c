"""Texts that say the same with few changes are found, others are not."""

from chalicelib.adapters.insights.near_duplicates import near_duplicates

OTHERS = [
    f"{subject} {verb} {thing} since {day}"
    for subject, verb in (("The kettle", "leaks on"), ("My jacket", "lost colour beside"), ("Their shop", "sent me"))
    for thing in ("the kitchen table", "an orange towel", "two wrong lamps", "some broken glasses")
    for day in ("monday", "last winter", "my birthday")
]


def test_an_edited_copy_is_a_near_duplicate_of_its_original_alone() -> None:
    original = "Parcel 8812 was signed by somebody at reception and never reached me, please check the camera"
    copy = "please check the camera!! parcel 8812 was signd by somebody at reception and never reached me"
    chinese = "快递显示已经放在门卫那里，可是门卫说根本没有见过我的包裹"
    changed = "快递显示已放在门卫那里，可门卫说根本没见过我的包裹！！"
    texts = [original, *OTHERS, chinese, copy, changed]
    pairs = {(left, right) for left, right, _ in near_duplicates(texts) if left == 0 or right > len(OTHERS)}
    assert pairs == {(0, len(texts) - 2), (len(texts) - 3, len(texts) - 1)}


def test_the_same_text_twice_shares_everything() -> None:
    ((left, right, share),) = near_duplicates(
        ["where is my blue scarf", "a wholly other matter", "Where is my BLUE scarf?"]
    )
    assert (left, right) == (0, 2)
    assert share == 1


def test_texts_without_words_are_no_copies_of_each_other() -> None:
    assert list(near_duplicates(["", "😡", "!!!", ""])) == []
    assert list(near_duplicates([])) == []
    assert list(near_duplicates(["twice the same", "twice the same"])) == [(0, 1, 1.0)]
