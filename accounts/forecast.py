"""When a waiting case is likely to be decided: a range from how the recent queue went. Pure: no database, no clock.

Three published ideas, one on the other:

1. The queue-length estimator: with `ahead` cases before one's own, (ahead + 1) decisions still have to be made
   (Ibrahim & Whitt, "Real-time delay estimation based on delay history", Manufacturing & Service Operations
   Management 11, 2009, 397-415).
2. Operational time: those decisions are counted on a clock that runs as fast as decisions are made at that hour of
   the day and kind of day (working day or weekend), so that a night is short on it and a morning long.
3. Split conformal prediction on the ratio of what past cases took to what 1 and 2 foretold of them, calibrated on the
   past cases nearest in place (Lei et al., "Distribution-free predictive inference for regression", JASA 113, 2018,
   1094-1111; Guan, "Localized conformal prediction", Biometrika 110, 2023, 33-50). It makes the range as wide as the
   estimator was wrong, whatever the reason: priorities, absent colleagues, bursts.

What is not claimed: a queue that changes its manners (half the reviewers leave) is only learnt with its decisions.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.utils import timezone

SHARE = 0.9  # of cases that the range is to cover, as far as the sample can carry it
AT_LEAST, LATEST, NEAREST = 9, 200, 60  # fewer samples say nothing; of the latest, the nearest calibrate
HOUR = timedelta(hours=1)
HORIZON = timedelta(days=30)  # what ends later is not said at all
KINDS, PRIOR, LEAK = 48, 0.5, 0.01  # kinds of hour; mean hours mixed into each; the slowest of them, in mean hours
DRIFT = 1.15  # neighbours in time err alike: each end is moved out by this much
WARM_UP = 5  # the first decisions only tell the pace


@dataclass(frozen=True, slots=True)
class Past:
    """A case that was decided."""

    sent_at: datetime
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Range:
    """From when to when; on how many cases it rests, and what share of cases such a range covers."""

    earliest: datetime
    latest: datetime
    samples: int
    share: float


def forecast(past: Sequence[Past], waiting: Sequence[datetime], *, ahead: int, at: datetime) -> Range | None:
    """Return the range for a case with `ahead` cases before it; None where too little is known.

    `past`: the recent decisions, all there were since the first of them. `waiting`: when the cases now waiting were
    sent, one's own left out.
    """
    places = _places(past, waiting)
    if len(places) < AT_LEAST:
        return None
    near = sorted(places, key=lambda item: (abs(math.log((1 + item[1]) / (1 + ahead))), -item[0].sent_at.timestamp()))
    pace, ratios = _Pace(past, waiting, at), []
    for case, place in sorted(near[:NEAREST], key=lambda item: item[0].sent_at):
        pace.learn(case.sent_at)
        ratios.append(pace.work(case.sent_at, case.decided_at) / (1 + place))
    low, high, share = _interval(sorted(ratios))
    low, high = _carried(
        low, median(ratios), high, by=(1 + max(place for _case, place in near[:NEAREST])) / (1 + ahead)
    )
    pace.learn(at)
    earliest, latest = (pace.moment(at, ratio * (1 + ahead)) for ratio in (low / DRIFT, high * DRIFT))
    if latest is None or earliest is None:
        return None
    return Range(earliest, latest, samples=len(ratios), share=share)


def _places(past: Sequence[Past], waiting: Sequence[datetime]) -> list[tuple[Past, int]]:
    """Return the past cases with how many were before them when they were sent.

    Cases sent before the first decisions known are left out: of those before them some are not known either, and of
    the pace of that time nothing is.
    """
    decided = sorted(case.decided_at for case in past)
    if len(decided) <= WARM_UP:
        return []
    sent = sorted([case.sent_at for case in past] + list(waiting))
    known = sorted((case for case in past if case.sent_at >= decided[WARM_UP]), key=lambda case: case.decided_at)
    return [
        (case, max(bisect_left(sent, case.sent_at) - bisect_right(decided, case.sent_at), 0))
        for case in known[-LATEST:]
    ]


def _interval(ratios: Sequence[float]) -> tuple[float, float, float]:
    """The conformal interval of sorted ratios: its ends and the share it covers. Few samples cover less, and say so."""
    count = len(ratios)
    below = math.floor((count + 1) * (1 - SHARE) / 2)
    if below < 1:
        return ratios[0], ratios[-1], min(SHARE, (count - 1) / (count + 1))
    return ratios[below - 1], ratios[-below], SHARE


def _carried(low: float, middle: float, high: float, *, by: float) -> tuple[float, float]:
    """Carry the ends over to a longer queue than any in the sample: chance evens out as the root of its length."""
    shrunk = math.sqrt(min(by, 1.0))
    return middle - (middle - low) * shrunk, middle + (high - middle) * shrunk


class _Pace:
    """How fast decisions are made, by kind of hour, as somebody at a moment would have known it.

    Counted are decisions in the time in which anybody waited: an empty queue says nothing of the reviewers' pace.
    `learn` moves forward only, so that a past case is judged by what was known when it was sent.
    """

    def __init__(self, past: Sequence[Past], waiting: Sequence[datetime], at: datetime) -> None:
        self.decided = sorted(case.decided_at for case in past)
        self.start = _whole_hour(min([*(case.sent_at for case in past), *waiting]))
        local = timezone.localtime(self.start)
        self.first = local.weekday() * 24 + local.hour  # of the week
        spans = [(case.sent_at, case.decided_at) for case in past] + [(sent_at, at) for sent_at in waiting]
        self.waited = self._waited(spans, at)
        self.counts, self.spent, self.hour, self.known = [0.0] * KINDS, [0.0] * KINDS, 0, 0

    def learn(self, until: datetime) -> None:
        """Take in what happened until a moment, by whole hours."""
        last = math.floor((until - self.start) / HOUR)
        while self.hour < min(last, len(self.waited)):
            self.spent[_kind(self.first + self.hour)] += self.waited[self.hour]
            self.hour += 1
        while self.known < len(self.decided) and self.decided[self.known] < self.start + self.hour * HOUR:
            self.counts[self._kind_at(self.decided[self.known])] += 1
            self.known += 1

    def work(self, begin: datetime, end: datetime) -> float:
        """Return how many decisions are to be expected between two moments."""
        speeds, total, at = self._speeds(), 0.0, begin
        while at < end:
            until = min(_whole_hour(at) + HOUR, end)
            total += speeds[self._kind_at(at)] * ((until - at) / HOUR)
            at = until
        return total

    def moment(self, begin: datetime, work: float) -> datetime | None:
        """Return when so many decisions are to be expected from `begin` on; None beyond the horizon."""
        speeds, at = self._speeds(), begin
        while at < begin + HORIZON:
            until, speed = _whole_hour(at) + HOUR, speeds[self._kind_at(at)]
            step = speed * ((until - at) / HOUR)
            if step >= work:
                return at + work / speed * HOUR
            work, at = work - step, until
        return None

    def _waited(self, spans: Sequence[tuple[datetime, datetime]], at: datetime) -> list[float]:
        """Return for each hour since the start the part of it in which anybody waited."""
        found = [0.0] * (math.ceil((at - self.start) / HOUR) + 1)
        reached = self.start
        for begin, end in sorted(spans):
            moment = max(begin, reached)
            while moment < end:
                until = min(_whole_hour(moment) + HOUR, end)
                found[min(math.floor((moment - self.start) / HOUR), len(found) - 1)] += (until - moment) / HOUR
                moment = until
            reached = max(reached, end)
        return found

    def _speeds(self) -> list[float]:
        """Return decisions an hour for each kind of hour; never quite nought."""
        mean = max(sum(self.counts), 1.0) / max(sum(self.spent), 1.0)
        rates = [(n + PRIOR * mean) / (hours + PRIOR) for n, hours in zip(self.counts, self.spent, strict=True)]
        return [max(rate, LEAK * mean) for rate in rates]

    def _kind_at(self, at: datetime) -> int:
        return _kind(self.first + math.floor((at - self.start) / HOUR))


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _kind(hour_of_week: int) -> int:
    """Return which of the 48 kinds of hour it is: an hour of a working day, or 24 + an hour of a weekend."""
    day, hour = divmod(hour_of_week % 168, 24)
    return hour if day < 5 else 24 + hour
