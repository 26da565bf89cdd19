"""What can be wrong with a network: causes, remedies and where to read more."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import Final, NamedTuple


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes
    ----------
    what : str
        A key of `EXPLANATIONS`, for example "dead units".
    where : str
        Name of the activation or parameter, or words for another place.
    evidence : str
        The numbers that show it, as a sentence.
    why : str
        What it does to the network, and what usually causes it.
    remedies : tuple of str
        What to try, the most promising first.
    lesson : str
        Lesson that explains it, for example "05_dying_relu".
    """

    what: str
    where: str
    evidence: str
    why: str
    remedies: tuple[str, ...]
    lesson: str

    def __str__(self) -> str:
        paragraphs = [
            f"{self.what.upper()} in {self.where}",
            self.evidence,
            self.why,
            *(f"- {remedy}" for remedy in self.remedies),
            f"See lesson {self.lesson}.",
        ]
        return "\n".join(fill(text, 88, subsequent_indent="  ") for text in paragraphs)

    def to_html(self) -> str:
        """Return the finding as an article of HTML."""
        remedies = "".join(f"<li>{escape(remedy)}</li>" for remedy in self.remedies)
        title = f"{self.what[0].upper()}{self.what[1:]} in {self.where}"
        return (
            f'<article aria-label="{escape(title)}">'
            f"<p><strong>{escape(title)}.</strong> {escape(self.evidence)}</p>"
            f"<p>{escape(self.why)}</p><p>What to try:</p><ul>{remedies}</ul>"
            f"<p>See lesson {escape(self.lesson)}.</p></article>"
        )


class Explanation(NamedTuple):
    """What is always the same about a kind of finding."""

    why: str
    remedies: tuple[str, ...]
    lesson: str


def find(what: str, where: str, evidence: str) -> Finding:
    """Return a finding with the explanation that belongs to its kind."""
    return Finding(what, where, evidence, *EXPLANATIONS[what])


EXPLANATIONS: Final[dict[str, Explanation]] = {
    "values that are not finite": Explanation(
        "From there on, everything that depends on them is NaN or infinite, and one "
        "update makes all weights so. The usual causes are a learning rate at which "
        "training diverges, a number too large for the data type, a division by zero "
        "or the logarithm of zero.",
        (
            "Start again from fresh weights with a tenth of the learning rate.",
            "Clip the norm of the gradient.",
            "Look at the data for NaN, and at the model for divisions and logarithms.",
        ),
        "07_unbounded_and_off_center",
    ),
    "unscaled inputs": Explanation(
        "The largest learning rate that is stable falls with the mean square of the "
        "inputs. At the usual learning rates, one step then moves the first layer so "
        "far that its units die or its weights diverge.",
        (
            "Subtract the mean of each feature and divide by its standard deviation, "
            "both measured on the training data.",
            "Put a batch norm in front of the first layer.",
        ),
        "05_dying_relu",
    ),
    "ReLU on the output": Explanation(
        "The network cannot put out a negative number, and where an output is zero no "
        "gradient flows back.",
        ("Remove the activation after the last layer.",),
        "05_dying_relu",
    ),
    "dead units": Explanation(
        "A unit that is silent on all data gets no gradient, so it learns nothing; if "
        "a whole layer is silent, nor does any layer before it. The usual causes are "
        "steps that were too large, negative biases and unscaled inputs.",
        (
            "Start again from fresh weights with a tenth of the learning rate.",
            "Initialize the biases with zero.",
            "Put a batch norm before the activation.",
            "Clip the norm of the gradient.",
        ),
        "05_dying_relu",
    ),
    "saturated units": Explanation(
        "Most of the inputs fall where the activation is flat, and a flat activation "
        "passes hardly any gradient. The usual causes are weights or inputs that are "
        "too large.",
        (
            "Initialize with smaller weights (Xavier).",
            "Put a normalization before the activation.",
            "Scale the inputs.",
        ),
        "04_vanishing_gradients",
    ),
    "exploding activations": Explanation(
        "Each layer enlarges the signal, since ReLU sets no bound to it. Losses and "
        "gradients become huge, and training diverges at the usual learning rates.",
        (
            "Initialize for the activation: He for ReLU, Xavier for tanh.",
            "Put a normalization after each layer.",
            "Scale the targets of a regression.",
        ),
        "07_unbounded_and_off_center",
    ),
    "exploding gradients": Explanation(
        "Each layer enlarges the gradient on its way back. A learning rate that suits "
        "the last layers makes the first ones diverge.",
        (
            "Initialize for the activation: He for ReLU, Xavier for tanh.",
            "Clip the norm of the gradient.",
            "Put a normalization after each layer.",
        ),
        "07_unbounded_and_off_center",
    ),
    "vanishing gradients": Explanation(
        "Each layer shrinks the gradient on its way back, so gradient descent hardly "
        "moves the first layers. The usual causes are weights that are too small, such "
        "as PyTorch's default ones behind a ReLU, and activations with small slopes, "
        "such as the sigmoid.",
        (
            "Initialize for the activation: He for ReLU, Xavier for tanh.",
            "Use ReLU instead of the sigmoid.",
            "Add residual connections or a normalization.",
        ),
        "04_vanishing_gradients",
    ),
    "constant output": Explanation(
        "What goes in makes hardly any difference to what comes out: layer by layer, "
        "the difference between two inputs shrinks, until the part that is the same "
        "for all inputs outweighs it. Units that look dead or always on there are only "
        "constants. PyTorch's default initialization does this to deep ReLU networks; "
        "sigmoid layers do it with any.",
        (
            "Initialize for the activation, with zero biases: He for ReLU, Xavier for "
            "tanh.",
            "Add residual connections or a normalization.",
        ),
        "04_vanishing_gradients",
    ),
}
"""For each kind of finding: why it matters, what to try, which lesson."""
