"""The stand-in of the bench of warm requests takes what the real keys take."""

from inspect import isfunction, signature

from bench.warm import Unsealed
from chalicelib.adapters.aws.encryption.key_store import Vault


def test_keys_that_encrypt_nothing_are_called_as_the_real_ones_are() -> None:
    methods = {name: method for name, method in vars(Unsealed).items() if isfunction(method) and name[0] != "_"}
    assert methods
    for name, method in methods.items():
        assert len(signature(method).parameters) == len(signature(getattr(Vault, name)).parameters), name
