"""What is to be settled: issues, their values by level, and complete offers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Union

from ._proto import tariff_pb2

Value = Union[Decimal, str, bool]
"""A number in its unit, a label, or on/off."""


@dataclass(frozen=True)
class Number:
    """Numbers from ``minimum`` to ``maximum`` in steps, as scaled integers: n stands for n/10^scale."""

    unit: str
    scale: int
    minimum: int
    maximum: int
    step: int

    @property
    def levels(self) -> int:
        """How many values there are."""
        return (self.maximum - self.minimum) // self.step + 1

    def value(self, level: int) -> Decimal:
        """The number at a level, in its unit."""
        return Decimal(self.minimum + level * self.step).scaleb(-self.scale)

    def level(self, value: Value) -> int:
        """The level of a number."""
        if isinstance(value, (bool, str)):
            raise ValueError(f"expected a number, found {value!r}")
        scaled = Decimal(value).scaleb(self.scale)
        steps = (scaled - self.minimum) / self.step
        if not scaled.is_finite() or steps != int(steps) or not 0 <= steps < self.levels:
            low, high = self.value(0), self.value(self.levels - 1)
            step = Decimal(self.step).scaleb(-self.scale)
            raise ValueError(f"{value} is no value: expected {low} to {high} {self.unit} in steps of {step}")
        return int(steps)


@dataclass(frozen=True)
class Choice:
    """One label among several."""

    labels: tuple[str, ...]

    @property
    def levels(self) -> int:
        """How many labels there are."""
        return len(self.labels)

    def value(self, level: int) -> str:
        """The label at a level."""
        return self.labels[level]

    def level(self, value: Value) -> int:
        """The level of a label."""
        if value not in self.labels:
            raise ValueError(f"{value!r} is no label: expected one of {', '.join(self.labels)}")
        return self.labels.index(value)


@dataclass(frozen=True)
class Switch:
    """On or off."""

    @property
    def levels(self) -> int:
        """Two."""
        return 2

    def value(self, level: int) -> bool:
        """Off at level 0, on at level 1."""
        return level == 1

    def level(self, value: Value) -> int:
        """The level of on or off."""
        if not isinstance(value, bool):
            raise ValueError(f"expected True or False, found {value!r}")
        return int(value)


@dataclass(frozen=True)
class Issue:
    """One thing to be settled."""

    name: str
    kind: Number | Choice | Switch

    @property
    def levels(self) -> int:
        """How many values it can take, numbered from 0."""
        return self.kind.levels


class Agenda(Sequence[Issue]):
    """The issues in their fixed order, under the digest of the exact bytes they came in."""

    def __init__(self, stored: bytes) -> None:
        message = tariff_pb2.Agenda.FromString(stored)
        self.issues = tuple(_issue(issue) for issue in message.issues)
        self.digest = hashlib.sha256(stored).digest()
        self._places = {issue.name: place for place, issue in enumerate(self.issues)}

    def __len__(self) -> int:
        return len(self.issues)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self.issues[place]

    def place(self, name: str) -> int:
        """Where an issue stands on the agenda, from 0."""
        return self._places[name]

    @cached_property
    def outcomes(self) -> int:
        """How many complete offers there are."""
        number = 1
        for issue in self.issues:
            number *= issue.levels
        return number

    def offer(self, values: Mapping[str, Value]) -> Offer:
        """A complete offer from a value for every issue, in any order.

        Raises ValueError that names the issue which is missing, unknown or has a value it does not take.
        """
        unknown = [name for name in values if name not in self._places]
        if unknown:
            raise ValueError(f"there is no issue {unknown[0]!r} on the agenda")
        levels = []
        for issue in self.issues:
            if issue.name not in values:
                raise ValueError(f"an offer needs a value for every issue: {issue.name!r} is missing")
            try:
                levels.append(issue.kind.level(values[issue.name]))
            except ValueError as error:
                raise ValueError(f"{issue.name}: {error}") from None
        return Offer(self, tuple(levels))

    def at(self, levels: Sequence[int]) -> Offer:
        """The offer at these levels, in agenda order."""
        wrong = len(levels) != len(self) or any(
            not 0 <= level < issue.levels for level, issue in zip(levels, self.issues)
        )
        if wrong:
            raise ValueError(f"expected a level for each of {len(self)} issues, found {list(levels)}")
        return Offer(self, tuple(int(level) for level in levels))

    def read(self, message: tariff_pb2.Offer) -> Offer:
        """An offer that the host sent."""
        levels = []
        for issue, given in zip(self.issues, message.values, strict=True):
            if isinstance(issue.kind, Number):
                levels.append((given.number - issue.kind.minimum) // issue.kind.step)
            elif isinstance(issue.kind, Choice):
                levels.append(issue.kind.level(given.choice))
            else:
                levels.append(int(given.switch))
        return Offer(self, tuple(levels))


def _issue(message: tariff_pb2.Issue) -> Issue:
    kind = message.WhichOneof("kind")
    if kind == "number":
        number = message.number
        return Issue(message.id, Number(number.unit, number.scale, number.min, number.max, number.step))
    if kind == "choice":
        return Issue(message.id, Choice(tuple(message.choice.labels)))
    if kind == "switch":
        return Issue(message.id, Switch())
    raise ValueError(f"issue {message.id!r} is of a kind that this version does not know")


class Offer(Mapping[str, Value]):
    """A complete offer: a value for every issue, by name. Equal offers hash alike."""

    __slots__ = ("agenda", "levels")

    def __init__(self, agenda: Agenda, levels: tuple[int, ...]) -> None:
        self.agenda = agenda
        self.levels = levels

    def __getitem__(self, name: str) -> Value:
        place = self.agenda.place(name)
        return self.agenda.issues[place].kind.value(self.levels[place])

    def __iter__(self) -> Iterator[str]:
        return (issue.name for issue in self.agenda.issues)

    def __len__(self) -> int:
        return len(self.levels)

    def __hash__(self) -> int:
        return hash(self.levels)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Offer):
            return self.levels == other.levels and self.agenda.digest == other.agenda.digest
        return NotImplemented

    def __repr__(self) -> str:
        return f"Offer({dict(self)})"

    def message(self) -> tariff_pb2.Offer:
        """The offer as the contract has it."""
        values = []
        for issue, level in zip(self.agenda.issues, self.levels):
            value = tariff_pb2.IssueValue(issue=issue.name)
            if isinstance(issue.kind, Number):
                value.number = issue.kind.minimum + level * issue.kind.step
            elif isinstance(issue.kind, Choice):
                value.choice = issue.kind.labels[level]
            else:
                value.switch = level == 1
            values.append(value)
        return tariff_pb2.Offer(agenda_digest=self.agenda.digest, values=values)
