"""Certificates that OpenSSL takes."""

import contextlib
import json
import ssl

import pytest

from tests.render.chart import errors, text

CHART = """\
{% set ca = genCA("my-ca", 365) %}
{% set cert = genSignedCert("web", list("10.0.0.1", "::1"), list("web.shop.svc"), 10, ca) %}
{% set own = genSelfSignedCert("solo", none, list("solo.svc"), 10) %}
{{ dict("ca", ca.Cert, "cert", cert.Cert, "key", cert.Key, "own", own.Cert, "ownkey", own.Key) | toJson }}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    for name, pem in json.loads(text(CHART)).items():
        (folder / name).write_text(pem)
    return folder


def handshake(made, cert, key, trusted, host):
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(made / cert, made / key)
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_side.load_verify_locations(made / trusted)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_side.wrap_bio(up, down, server_side=True)
    client = client_side.wrap_bio(down, up, server_hostname=host)
    for _ in range(4):
        for side in (client, server):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
    return client.getpeercert()


@pytest.mark.parametrize("host", ["web.shop.svc", "10.0.0.1"])
def test_signed(made, host):
    found = handshake(made, "cert", "key", "ca", host)
    assert found["issuer"] == ((("commonName", "my-ca"),),)
    assert found["notAfter"] == "Dec 31 23:59:59 9999 GMT"


def test_self_signed(made):
    assert handshake(made, "own", "ownkey", "own", "solo.svc")["subject"] == ((("commonName", "solo"),),)


def test_another_name_is_refused(made):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(made, "cert", "key", "ca", "other.svc")


def test_another_authority_is_refused(made):
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        handshake(made, "cert", "key", "own", "web.shop.svc")


def test_same_every_time():
    assert text(CHART) == text(CHART)


@pytest.mark.parametrize(
    "call", ["genSignedCert('a', none, none, 1, 'ca')", "genSelfSignedCert('a', list('x'), none, 1)", "genCA()"]
)
def test_misuse(call):
    assert len(errors("{{ " + call + ".Cert }}")) == 1
