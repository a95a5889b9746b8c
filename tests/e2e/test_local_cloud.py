"""What the local cloud does otherwise than AWS, so that it is quick."""

from tests.support.cloud.world import World


def test_all_processes_of_functions_read_one_unpacked_copy_of_their_code(world: World) -> None:
    world.ask("web-1")
    temporary = (world.stack.cloud.folder / "tmp").resolve()
    code = list(temporary.glob("ministack-lambda-*/code/app.py"))
    assert len(code) > 1
    (copy,) = {file.resolve().parent for file in code}
    assert copy.parent == temporary / "unpacked"
