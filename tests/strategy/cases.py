"""Inputs for tests: the vignettes, and random patients of the rule set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from strategy.reading import read_ruleset

SOURCE = (Path(__file__).parents[2] / "strategy/data/alk-pretreated.yaml").read_text(encoding="utf-8")
VIGNETTES = yaml.safe_load((Path(__file__).parents[1] / "data/vignettes.yaml").read_text(encoding="utf-8"))
DATA = yaml.safe_load(SOURCE)
RULESET = read_ruleset(SOURCE)
MULTIPLE = {item["key"] for item in DATA["inputs"] if item["type"] == "multi"}


def inputs_of(vignette: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a vignette, its presets first."""
    merged: dict[str, Any] = {}
    for preset in vignette["preset"]:
        merged.update(VIGNETTES["presets"][preset])
    return merged | vignette["inputs"]


CASES = {vignette["id"]: inputs_of(vignette) for vignette in VIGNETTES["vignettes"]}
FULL = CASES["v14"]


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """Any input at all, mostly of progressed patients, mostly free of the commonest contradictions."""
    chosen: dict[str, Any] = {}
    for item in DATA["inputs"]:
        keys = [value["key"] for value in item["values"]]
        if item["type"] == "single":
            chosen[item["key"]] = draw(st.sampled_from(keys))
        elif draw(st.integers(0, 9)) == 0:
            chosen[item["key"]] = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1))
        else:
            plain = [key for key in keys if key not in item["exclusive"]]
            exclusive = st.sampled_from([[key] for key in item["exclusive"]])
            chosen[item["key"]] = draw(
                st.lists(st.sampled_from(plain), unique=True, min_size=1, max_size=3) | exclusive
            )
    if draw(st.integers(0, 3)):
        chosen["disease_state"] = "progressed"
        if chosen["failed_lines"] == "zero":
            chosen["failed_lines"] = "two_plus"
        if chosen["last_tki"] == "none":
            chosen["last_tki"] = "lorlatinib"
        if chosen["bm_status"] == "none":
            chosen["bm_burden"] = "not_applicable"
        if "none" in chosen["specimen"]:
            chosen["specimen"] = ["tissue"]
    return chosen
