"""The ledger: what is claimed about ReLU, and what a measurement says about it."""

from __future__ import annotations

import datetime
import importlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import metadata, resources
from textwrap import fill
from typing import Any, cast

import yaml

from rectified._validate import check_choice, check_seeds, problem
from rectified.rules import VERDICTS, Finding
from rectified.widgets.front_end import styled

__all__ = ["SEEDS", "VERDICTS", "Claim", "Verdict", "load", "measure"]

SEEDS = range(10)
"""Seeds that `measure` uses unless told otherwise."""


@dataclass(frozen=True)
class Claim:
    """One statement about ReLU that the course tests.

    Attributes
    ----------
    id : str
        For example "C05"; never changes.
    topic : str
        Group of claims, for example "definition".
    text : str
        The statement, in our own words.
    sources : tuple of str
        Who says so.
    lesson : str
        Notebook that teaches it.
    experiment, rule : str
        "module.function" in `rectified.experiments` and in `rectified.rules`.
    how : str
        How it is measured, with places for numbers.
    sentences : dict of str to str
        Explanation of each possible verdict, with places for numbers.
    limits : str
        What the verdict does not say, with places for numbers.
    seeded : bool
        Whether the experiment depends on seeds.
    """

    id: str
    topic: str
    text: str
    sources: tuple[str, ...]
    lesson: str
    experiment: str
    rule: str
    how: str
    sentences: Mapping[str, str]
    limits: str
    seeded: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a measurement says about a claim.

    Attributes
    ----------
    claim : Claim
        The statement that was tested.
    verdict : str
        "holds", "holds when" or "not as stated".
    text : str
        Why, with the measured numbers.
    limits : str
        What the verdict does not say.
    how : str
        How it was measured.
    numbers : dict of str to number or str
        Every statistic that the rule computed.
    seeds : tuple of int
        Seeds of the measurement; empty if it does not depend on any.
    versions : dict of str to str
        Of Python and the libraries that were used.
    date : str
        Day of the measurement, year-month-day.
    """

    claim: Claim
    verdict: str
    text: str
    limits: str
    how: str
    numbers: Mapping[str, float | int | str]
    seeds: tuple[int, ...]
    versions: Mapping[str, str]
    date: str

    @property
    def provenance(self) -> str:
        """Seeds, versions and date, in words."""
        seeds = f"with {len(self.seeds)} seeds" if self.seeds else "no seeds needed"
        versions = ", ".join(f"{name} {v}" for name, v in self.versions.items())
        return (
            f"Measured {self.date}, {seeds} (± is one standard deviation); {versions}."
        )

    def __str__(self) -> str:
        paragraphs = (
            f"{self.claim.id}  {self.claim.text}",
            f"{self.verdict.upper()}. {self.text}",
            f"Beyond the claim. {self.limits}",
            self.provenance,
        )
        return "\n".join(fill(text, 88, subsequent_indent="  ") for text in paragraphs)

    def _repr_html_(self) -> str:
        parts = {
            "id": self.claim.id,
            "claim": self.claim.text,
            "modifier": self.verdict.replace(" ", "-"),
            "verdict": self.verdict.capitalize(),
            "text": self.text,
            "limits": self.limits,
            "sources": "; ".join(self.claim.sources),
            "how": self.how,
            "provenance": self.provenance,
        }
        escaped = {name: escape(text) for name, text in parts.items()}
        return styled(_HTML.format_map(escaped))


_HTML = """\
<article class="rectified-verdict rectified-verdict--{modifier}"
 aria-label="Claim {id}">
<p class="rectified-verdict-claim"><b>{id}</b> {claim}</p>
<p class="rectified-verdict-outcome"><strong>{verdict}.</strong> {text}</p>
<p class="rectified-verdict-limits"><strong>Beyond the claim.</strong> {limits}</p>
<details class="rectified-verdict-how">
<summary>Who says so, and how it was measured</summary>
<p>Sources: {sources}.</p>
<p>{how}</p>
<p>{provenance}</p>
</details>
</article>"""


@cache
def load() -> tuple[Claim, ...]:
    """Return all claims of the ledger, in order.

    Examples
    --------
    >>> [claim.id for claim in load()][:3]
    ['C01', 'C02', 'C03']
    """
    folder = resources.files("rectified") / "ledger"
    read = {
        file.name: yaml.safe_load(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    }
    titles = read.pop("sources.yaml")
    claims = [_read(entry, titles) for entries in read.values() for entry in entries]
    return tuple(sorted(claims, key=lambda claim: claim.id))


def _read(entry: dict[str, Any], titles: Mapping[str, str]) -> Claim:
    fields = dict(entry)
    fields["sources"] = tuple(titles[key] for key in entry["sources"])
    fields["sentences"] = fields.pop("verdicts")
    if set(fields["sentences"]) != set(VERDICTS):
        rule = f"sentences for {', '.join(VERDICTS)}"
        advice = f"complete claim {entry['id']} in the ledger"
        raise problem("verdicts", rule, sorted(fields["sentences"]), advice)
    return Claim(**fields)


def measure(claim_id: str, *, seeds: Iterable[int] = SEEDS) -> Verdict:
    """Run the experiment of one claim and judge it.

    Parameters
    ----------
    claim_id : str
        For example "C05".
    seeds : iterable of int
        At least two, so that there is a spread.

    Returns
    -------
    rectified.claims.Verdict

    Raises
    ------
    ValueError
        If no claim has that id or there are too few seeds.
    """
    ledger = {claim.id: claim for claim in load()}
    claim = ledger[check_choice("claim_id", claim_id, ledger)]
    seeds = check_seeds("seeds", seeds) if claim.seeded else ()
    if len(seeds) == 1:
        advice = "use 10 or more for a verdict"
        raise problem("seeds", "two or more integers", seeds, advice)
    experiment = _find("experiments", claim.experiment)
    result = experiment(seeds=seeds) if claim.seeded else experiment()
    finding: Finding = _find("rules", claim.rule)(result)
    return Verdict(
        claim=claim,
        verdict=finding.verdict,
        text=claim.sentences[finding.verdict].format_map(finding.numbers),
        limits=claim.limits.format_map(finding.numbers),
        how=claim.how.format_map(finding.numbers),
        numbers=finding.numbers,
        seeds=seeds,
        versions=_versions(),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )


def _find(package: str, path: str) -> Callable[..., Any]:
    """Return "module.function" of a subpackage, looked up anew at each call."""
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(f"rectified.{package}.{module}"), name)
    return cast(Callable[..., Any], found)


def _versions() -> dict[str, str]:
    libraries = ("rectified", "numpy", "torch")
    return {"python": platform.python_version()} | {
        name: metadata.version(name) for name in libraries
    }
