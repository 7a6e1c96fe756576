"""URLs as Go reads them."""

from __future__ import annotations

import pytest

from kplan.k8s.url import Url, parse_request_uri, parse_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.io", Url("https", host="a.io")),
        ("HTTPS://a.io:443/v", Url("https", host="a.io:443", path="/v")),
        ("https://u:p@a.io/", Url("https", user="u:p", host="a.io", path="/")),
        ("https://a.io?", Url("https", host="a.io")),
        ("https://a.io/#a#b", Url("https", host="a.io", path="/", fragment="a#b")),
        ("a/b:c", Url(path="a/b:c")),
        ("mailto:a@b", Url("mailto", opaque="a@b")),
        ("//a.io/x", Url(host="a.io", path="/x")),
        ("*", Url(path="*")),
        ("", Url()),
    ],
)
def test_parts(text: str, expected: Url) -> None:
    assert parse_url(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (":a", "missing protocol scheme"),
        ("1:a", "first path segment in URL cannot contain colon"),
        ("https://a b", 'invalid character " " in host name'),
        ("https://a:b", 'invalid port ":b" after host'),
        ("https://[::1", "missing ']' in host"),
        ("https://[::1]x", 'invalid port "x" after host'),
        ("https://a/%", 'invalid URL escape "%"'),
        ("https://a/%g0", 'invalid URL escape "%g0"'),
        ("https://a%20b", 'invalid URL escape "%20"'),
        ("https://u[p@a", "net/url: invalid userinfo"),
        ("https://a\n", "net/url: invalid control character in URL"),
    ],
)
def test_what_is_no_url(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="parse") as raised:
        parse_url(text)
    assert str(raised.value) == f'parse "{text}": {reason}'


@pytest.mark.parametrize("text", ["", "a", "a/b", "?a", "#a"])
def test_requests_have_an_absolute_form(text: str) -> None:
    with pytest.raises(ValueError, match="parse"):
        parse_request_uri(text)


def test_derived_parts() -> None:
    url = parse_url("https://[fe80::1%25eth0]:80/a b?k=a&k=b%20c&bad=%&x")
    assert (url.host, url.hostname, url.port) == ("[fe80::1%eth0]:80", "fe80::1%eth0", "80")
    assert (url.escaped_path, parse_url("https://a/%41 ").escaped_path) == ("/a%20b", "/A%20")
    assert url.values == {"k": ["a", "b c"], "x": [""]}
