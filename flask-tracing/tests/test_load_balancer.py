"""What is believed of a load balancer: the client's scheme and address."""

import ipaddress
from typing import Any

import pytest
from conftest import Stack

from flask_tracing._request.attributes import RequestAttributes, is_address
from flask_tracing._settings.reader import load_settings
from support.waiting import eventually

FORWARDED = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.7"}


def attributes_of(opt_in: str = "", **environ: Any) -> dict[str, Any]:
    settings = load_settings("test", {"OTEL_SEMCONV_STABILITY_OPT_IN": opt_in}).spans
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.url_scheme": "http", "REMOTE_ADDR": "10.0.0.9", **environ}
    return RequestAttributes(settings).of_request(request)


def test_scheme_and_address_are_in_both_backends(stack: Stack) -> None:
    root = stack.backend.get("/home", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 192.0.2.7"}).root

    [segment] = eventually(lambda: stack.xray.segments_of(root), "the segment")
    request = segment["http"]["request"]
    assert (request["url"], request["client_ip"]) == ("https://api.example.com/home", "192.0.2.7")
    assert request["x_forwarded_for"] is True
    [span] = eventually(lambda: [span for span in stack.honeycomb.spans_of(root) if span.kind == 2], "the span")
    assert (span.attributes["http.scheme"], span.attributes["http.client_ip"]) == ("https", "192.0.2.7")


def test_the_stable_names_say_the_same() -> None:
    attributes = attributes_of("http", **FORWARDED)

    assert (attributes["url.scheme"], attributes["client.address"]) == ("https", "192.0.2.7")
    assert attributes["network.peer.address"] == "10.0.0.9"


@pytest.mark.parametrize("peer", ["10.0.0.9", "172.31.1.1", "100.64.0.1", "127.0.0.1", "fd00::1", ""])
def test_a_peer_in_the_network_is_trusted(peer: str) -> None:
    assert attributes_of(REMOTE_ADDR=peer, **FORWARDED)["http.scheme"] == "https"


@pytest.mark.parametrize("peer", ["8.8.8.8", "2600::1"])
def test_a_peer_with_a_public_address_is_not_trusted(peer: str) -> None:
    attributes = attributes_of(REMOTE_ADDR=peer, **FORWARDED)

    assert (attributes["http.scheme"], attributes["net.peer.ip"]) == ("http", peer)
    assert "http.client_ip" not in attributes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_X_FORWARDED_PROTO", "gopher"),
        ("HTTP_X_FORWARDED_PROTO", "https, http"),
        ("HTTP_X_FORWARDED_FOR", "unknown"),
        ("HTTP_X_FORWARDED_FOR", "192.0.2.7, x"),
        ("HTTP_X_FORWARDED_FOR", ""),
    ],
)
def test_an_invalid_scheme_or_address_is_ignored(name: str, value: str) -> None:
    attributes = attributes_of(**{name: value})

    assert attributes["http.scheme"] == "http"
    assert "http.client_ip" not in attributes


ADDRESSES = "192.0.2.7 256.0.0.1 192.0.2 192.0.2.07 0x7f.1 192.0.2.7:80 ::1 2001:db8::7 ::ffff:1.2.3.4 [::1] : 1:2 unknown"
ODD = ["", " 192.0.2.7", "192.0.2.7\0", "a" * 10_000, "\ud800", "\u0661.2.3.4"]


@pytest.mark.parametrize("text", [*ADDRESSES.split(), *ODD], ids=lambda text: ascii(text[:20]))
def test_an_address_is_what_the_standard_library_accepts_as_one(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_address(text)
    else:
        assert is_address(text)
