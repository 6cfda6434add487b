"""The tree's arithmetic against the definitions of RFC 9162 section 2.1, word for word, and its known heads."""

from __future__ import annotations

import pytest

from portal import merkle

pytestmark = pytest.mark.pure

# The test data of Certificate Transparency's own implementations: eight leaves and the heads of sizes 1 to 8.
LEAVES = [bytes.fromhex(word) for word in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
HEADS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def head(data):
    """MTH of the RFC."""
    if len(data) < 2:
        return merkle.hash_leaf(data[0]) if data else merkle.EMPTY
    k = split(len(data))
    return merkle.hash_children(head(data[:k]), head(data[k:]))


def path(m, data):
    """PATH of the RFC."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path(m, data[:k]), head(data[k:])]
    return [*path(m - k, data[k:]), head(data[:k])]


def subproof(m, data, is_whole):
    """SUBPROOF of the RFC."""
    if m == len(data):
        return [] if is_whole else [head(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], is_whole), head(data[k:])]
    return [*subproof(m - k, data[k:], False), head(data[:k])]


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def grown(data):
    nodes = {}
    for position, leaf in enumerate(data):
        hashes = merkle.completed(position, merkle.hash_leaf(leaf), nodes.__getitem__)
        for level, value in enumerate(hashes):
            nodes[level, position >> level] = value
            assert merkle.keeper((level, position >> level)) == position
    return nodes


def folded(nodes, steps):
    return [merkle.fold([nodes[node] for node in step]) for step in steps]


def test_the_heads_are_those_of_certificate_transparency():
    nodes = grown(LEAVES)

    assert merkle.fold([]) == merkle.EMPTY
    for size, known in enumerate(HEADS, start=1):
        assert folded(nodes, [merkle.peaks(0, size)])[0].hex() == known


def test_every_head_and_path_up_to_forty_leaves_is_that_of_the_definition():
    data = [bytes([number]) * 3 for number in range(40)]
    nodes = grown(data)

    for size in range(1, 41):
        assert folded(nodes, [merkle.peaks(0, size)]) == [head(data[:size])]
        for position in range(size):
            assert folded(nodes, merkle.inclusion(position, size)) == path(position, data[:size])
        for old in range(1, size + 1):
            assert folded(nodes, merkle.consistency(old, size)) == subproof(old, data[:size], True)


def test_a_proof_asks_for_few_nodes_however_large_the_tree():
    size = 2**40 - 1

    assert sum(map(len, merkle.inclusion(size // 3, size))) < 2 * 41
    assert sum(map(len, merkle.consistency(size // 3, size))) < 3 * 41


@pytest.mark.parametrize(("position", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_there_is_no_path_to_a_leaf_that_is_not_there(position, size):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(position, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_there_is_no_path_from_nothing_or_back(old, new):
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency(old, new)
