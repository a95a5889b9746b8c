"""Emails of the corpus with some bytes changed, reproducible by a seed."""

import random
import time
from collections.abc import Iterator

import msgspec

from chalicelib.adapters.email.mime.parser import EmailReader
from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.samples.corpus import CORPUS
from tests.support.emails.samples.faults import FAULTS

SEEDS = (*(sample.raw for sample in CORPUS), *(fault.raw for fault in FAULTS))
PIECES = (
    b"\r\n",
    b"\n\n",
    b"\x00",
    b"\xff",
    b"=?",
    b"?=",
    b"=?gb2312?B?",
    b"--",
    b"boundary=",
    b'"',
    b"(",
    b"<",
    b">",
    b"@",
    b";",
    b"\x1b$B",
    b"\x1b(B",
    b"charset=",
    b"=3D",
    b"=\n",
    b"<div><table><tr><td>",
    b"<img src=cid:1>",
    b"&#0;",
    b"Content-Type: multipart/mixed; boundary=e\r\n\r\n--e\r\n",
    b"Content-Type: text/html\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\xe5\x8f",
    b"*0*=",
    b"''",
    b"%E5%8F",
    b":",
    b",",
    b"From: ",
    b"\xed\xa0\x80",
)
LARGEST = 60_000


def mutated(seed: int) -> bytes:
    """An email of the corpus with some of its bytes changed, doubled, moved, or taken from another."""
    dice = random.Random(seed)
    data = bytearray(dice.choice(SEEDS)[:LARGEST])
    for _ in range(dice.choice((1, 2, 4, 8, 24))):
        data = _changed(dice, data)
    return bytes(data[: LARGEST * 2])


def _changed(dice: random.Random, data: bytearray) -> bytearray:
    place = dice.randrange(len(data) + 1)
    length = dice.choice((1, 1, 2, 4, 16, 80, 400))
    way = dice.randrange(7)
    if way == 0 and data:
        data[place % len(data)] = dice.randrange(256)
    elif way == 1:
        del data[place : place + length]
    elif way == 2:
        data[place:place] = dice.choice(PIECES) * dice.choice((1, 1, 1, 3, 50))
    elif way == 3:
        data[place:place] = data[place : place + length] * dice.choice((1, 2, 20))
    elif way == 4:
        data[place:place] = dice.randbytes(length)
    elif way == 5:
        other = dice.choice(SEEDS)
        begin = dice.randrange(len(other) + 1)
        data[place:place] = other[begin : begin + length * 4]
    else:
        data = data[:place]
    return data


def broken(seeds: Iterator[int], slowest: float) -> Iterator[tuple[int, str, float]]:
    """The seeds whose emails could not be read, or took longer than `slowest` seconds of CPU, and how long all took."""
    for seed in seeds:
        raw = mutated(seed)
        envelope = (None, "", "<>", "fang@example.net")[seed % 4]
        began, wrong = time.process_time(), ""
        try:
            parsed = EmailReader(raw, "", envelope, ("demo@in.example.com",), Verdicts()).read()
            msgspec.json.encode((parsed.email, parsed.whole))
        except (Exception, RecursionError) as error:
            wrong = f"{type(error).__name__}: {error}"
        took = time.process_time() - began
        yield seed, wrong or ("slow" if took > slowest else ""), took
