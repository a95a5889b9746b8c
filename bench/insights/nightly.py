"""The nightly findings of so many items in this process, with the CPU of the libraries in them and the peak of memory:
python -m bench.insights.nightly ITEMS FILE."""

import sys
from pathlib import Path
from time import process_time

import msgspec

from bench.insights.inputs import made_inputs
from bench.insights.library_clock import LibraryClock, TimedEncoder, multiply_questions
from bench.support.clock import cpu_of, peak_mib
from chalicelib.adapters.insights.nightly.analyst import InsightAnalyst
from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.usecases.ports.learning import Encoder

WARMING = ("你好，怎么退货？", "Hello, how do I return it?")
Measured = dict[str, float]


def measured(inputs: InsightInputs, encoder: Encoder) -> Measured:
    """CPU seconds of the findings in all (`cpu`), of the libraries in them by name of the call, and MiB at their peak.
    Loading the libraries and the encoder is not measured."""
    import chalicelib.adapters.insights.nightly.analysis
    import chalicelib.adapters.insights.nightly.outcomes  # noqa: F401 - loaded before the clock runs

    encoder.encode(WARMING)
    clock, analyst = LibraryClock(), InsightAnalyst()
    timed = analyst.__dict__["encoder"] = TimedEncoder(encoder, clock)
    with clock.running():
        began = process_time()
        findings, _ = analyst.findings(inputs, None)
        spent = {"cpu": process_time() - began, "peak": peak_mib()}
    texts = [said.item.text for said in inputs.said]
    clock.seconds["dense products"] = cpu_of(lambda: multiply_questions(timed, texts))
    return spent | {"different": len(set(texts))} | _counts(findings) | _sums(clock)


def _counts(findings: Findings) -> Measured:
    return {"topics": len(findings.topics), "questions": len(findings.questions), "drivers": len(findings.drivers)}


def _sums(clock: LibraryClock) -> Measured:
    """What the libraries took: all, all but the encoder, and each call."""
    everything = sum(clock.seconds.values())
    return {"libraries": everything, "without encoder": everything - clock.seconds["encode"], **clock.seconds}


if __name__ == "__main__":
    figures = measured(made_inputs(int(sys.argv[1])), SentenceEncoder())
    Path(sys.argv[2]).write_bytes(msgspec.json.encode(figures))
