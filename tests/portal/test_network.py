"""The tests reach nothing outside this machine."""

import socket

import pytest

pytestmark = pytest.mark.pure


def test_another_machine_cannot_be_reached():
    with socket.socket() as plug, pytest.raises(AssertionError, match="tried to reach"):
        plug.connect(("192.0.2.1", 80))


def test_a_name_cannot_be_looked_up():
    with pytest.raises(AssertionError, match="tried to look up"):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
