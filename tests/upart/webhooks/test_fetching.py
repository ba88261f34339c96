# SPDX-License-Identifier: MIT
"""The one fetcher: no address, however it is written, reaches a machine of our own; and nothing lasts longer than it may."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hooking import HOME, receiver

from upart.fetching import FetchFailed, FetchRefused, fetch, is_open, target_of

INNER = (
    "http://127.0.0.1:{p}/", "http://127.1:{p}/", "http://127.0.1:{p}/", "http://0:{p}/", "http://0.0.0.0:{p}/", "http://2130706433:{p}/", "http://0x7f000001:{p}/",
    "http://0x7f.1:{p}/", "http://0x7f.0x0.0x0.0x1:{p}/", "http://0177.0.0.1:{p}/", "http://017700000001:{p}/", "http://0177.1:{p}/", "http://127.0.0.1.:{p}/",
    "http://127.255.255.254:{p}/", "http://127.8.8.8:{p}/", "http://localhost:{p}/", "http://LOCALHOST:{p}/", "http://localhost.:{p}/", "http://[::1]:{p}/",
    "http://[0:0:0:0:0:0:0:1]:{p}/", "http://[::]:{p}/", "http://[::ffff:127.0.0.1]:{p}/", "http://[::ffff:7f00:1]:{p}/", "http://[0:0:0:0:0:ffff:7f00:1]:{p}/",
    "http://[::127.0.0.1]:{p}/", "http://[64:ff9b::7f00:1]:{p}/", "http://[64:ff9b::127.0.0.1]:{p}/", "http://[64:ff9b:1::7f00:1]:{p}/", "http://[2002:7f00:1::]:{p}/",
    "http://[2002:7f00:1::1]:{p}/", "http://[2002:0a00:1::1]:{p}/", "http://[2001:0:7f00:1::]:{p}/", "http://[2001:0:0:0:0:0:80ff:fffe]:{p}/", "http://[fe80::1]:{p}/",
    "http://[fe80::1%25lo]:{p}/", "http://[::1%25lo]:{p}/", "http://[fec0::1]:{p}/", "http://[fc00::1]:{p}/", "http://[fd00::1]:{p}/", "http://[ff02::1]:{p}/",
    "http://[2001:db8::1]:{p}/", "http://[100::1]:{p}/", "http://[5f00::1]:{p}/", "http://[3fff::1]:{p}/", "http://[2a00::5efe:127.0.0.1]:{p}/",
    "http://[2a00::200:5efe:127.0.0.1]:{p}/", "http://[::ffff:0:127.0.0.1]:{p}/", "http://[::ffff:10.0.0.1]:{p}/", "http://10.0.0.1:{p}/", "http://10.255.255.255:{p}/",
    "http://172.16.0.1:{p}/", "http://172.31.255.254:{p}/", "http://192.168.0.1:{p}/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/", "http://100.64.0.1:{p}/", "http://192.0.0.8:{p}/", "http://192.0.2.1:{p}/", "http://198.18.0.1:{p}/", "http://198.51.100.1:{p}/",
    "http://203.0.113.1:{p}/", "http://192.88.99.1:{p}/", "http://224.0.0.1:{p}/", "http://240.0.0.1:{p}/", "http://255.255.255.255:{p}/", "http://user@127.0.0.1:{p}/",
    "http://example.org@127.0.0.1:{p}/", "http://example.org:80@127.0.0.1:{p}/", "http://127.0.0.1:{p}#@example.org/", "http://127.0.0.1:{p}\\@example.org/",
    "http://example.org\\@127.0.0.1:{p}/", "http://127.0.0.1:{p} .example.org/", "http://127.0.0.1:{p}\r\nHost: x/", "http://①②⑦.0.0.1:{p}/", "http://127。0。0。1:{p}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/", "http:///127.0.0.1:{p}/", "//127.0.0.1:{p}/", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_x", "ftp://127.0.0.1:{p}/", "unix:///run/x.sock",
    "data:text/plain,x", "http://127.0.0.1:22/", "http://127.0.0.1:25/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://[127.0.0.1]:{p}/", "http://%31%32%37.0.0.1:{p}/", "",
)  # fmt: skip


@contextmanager
def counting():
    """A listener on this machine, on all its addresses, that counts who comes."""
    came: list = []
    listeners = [socket.create_server(("127.0.0.1", 0))]
    port = listeners[0].getsockname()[1]
    for family, address in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.8.8.8")):
        try:
            listeners.append(socket.create_server((address, port), family=family))
        except OSError:
            continue

    def accept(one) -> None:
        while True:
            try:
                came.append(one.accept())
            except OSError:
                return

    threads = [threading.Thread(target=accept, args=(one,), daemon=True) for one in listeners]
    for thread in threads:
        thread.start()
    try:
        yield port, came
    finally:
        for one in listeners:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


def test_no_address_reaches_our_own_machine():
    assert len(set(INNER)) >= 80
    with counting() as (port, came):
        for url in INNER:
            with pytest.raises(FetchFailed) as told:
                fetch(url.replace("{p}", str(port)), seconds=2)
            assert told.value.code not in ("connection", "timeout", "no_http", "tls"), url
        time.sleep(0.1)
        assert came == []


def test_the_listener_hears_whoever_is_permitted():
    with counting() as (port, came), pytest.raises(FetchFailed):
        fetch(f"http://127.0.0.1:{port}/", allowed=HOME, seconds=0.5)
    assert len(came) == 1


OUTER = "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"


@pytest.mark.parametrize("address", OUTER)
def test_what_is_public_is_open(address):
    assert is_open(ipaddress.ip_address(address))


def test_a_name_that_leads_in_and_out_is_not_called(monkeypatch):
    answers(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(FetchRefused):
        fetch("http://both.example/")


def test_a_name_that_leads_elsewhere_the_second_time_opens_nothing(monkeypatch):
    asked: list = []
    with counting() as (port, came):
        rebinding = iter([["192.0.2.7"], ["127.0.0.1"]])

        def flip(host, *rest, **more):
            asked.append(host)
            return known(next(rebinding), port)

        monkeypatch.setattr(socket, "getaddrinfo", flip)
        with pytest.raises(FetchRefused):
            fetch(f"http://rebinding.example:{port}/")
        assert (asked, came) == (["rebinding.example"], [])


def test_the_checked_address_is_called_under_the_name_that_was_typed_in(monkeypatch):
    with receiver() as program:
        port = int(program.url.split(":")[2].partition("/")[0])
        answers(monkeypatch, ["127.0.0.1"])
        assert fetch(f"http://hooks.example:{port}/told?a=b", method="POST", body=b"x", allowed=HOME).status == 200
        assert program.got[0][0]["host"] == f"hooks.example:{port}"


def test_a_redirect_is_an_answer_and_leads_nowhere():
    with receiver() as program:
        program.status = 307
        assert fetch(program.url, method="POST", body=b"x", allowed=HOME).status == 307
        assert len(program.got) == 1


SLOW = {
    "says nothing": (), "says one letter at a time": (b"H", b"T", b"T", b"P", b"/", b"1", b".", b"1", b" ", b"2"),
    "never ends its heads": (b"HTTP/1.1 200 OK\r\n", *(b"X: y\r\n",) * 20), "sends its body in crumbs": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *(b"x",) * 20),
}  # fmt: skip


@pytest.mark.parametrize("how", SLOW)
def test_whoever_is_slow_is_left_when_time_is_up(how):
    with speaking(SLOW[how], pause=0.1) as port:
        began = time.monotonic()
        with pytest.raises(FetchFailed) as told:
            fetch(f"http://127.0.0.1:{port}/", allowed=HOME, seconds=0.5)
        assert time.monotonic() - began < 1.5
    assert told.value.code == "timeout"


def test_a_certificate_that_nobody_vouches_for_is_no_answer(tmp_path, monkeypatch):
    with secured(tmp_path) as (port, certificate, names):
        with pytest.raises(FetchFailed) as told:
            fetch(f"https://127.0.0.1:{port}/", allowed=HOME)
        assert told.value.code == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answers(monkeypatch, ["127.0.0.1"])
        assert fetch(f"https://hooks.example:{port}/", allowed=HOME).body == b"ok"
        with pytest.raises(FetchFailed):
            fetch(f"https://other.example:{port}/", allowed=HOME)
    assert names[-2:] == ["hooks.example", "other.example"]


def test_an_endless_answer_is_cut():
    with speaking((b"HTTP/1.1 200 OK\r\n\r\n", *(b"x" * 300_000,) * 5), pause=0) as port, pytest.raises(FetchFailed) as told:
        fetch(f"http://127.0.0.1:{port}/", allowed=HOME)
    assert told.value.code == "too_large"


def test_a_server_that_speaks_something_else_is_no_answer():
    with speaking((b"220 mail.example ESMTP\r\n\r\n",), pause=0) as port, pytest.raises(FetchFailed) as told:
        fetch(f"http://127.0.0.1:{port}/", allowed=HOME)
    assert told.value.code == "no_http"


def test_an_address_says_what_is_called():
    one = target_of("https://hooks.example:8443/a?b=c")
    assert (one.named, one.path) == ("hooks.example:8443", "/a?b=c")


def known(addresses, port):
    return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]


def answers(monkeypatch, addresses) -> None:
    """What a name server says; addresses in numbers are what they are."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *a, **k: known(addresses, port) if "example" in host else real(host, port, *a, **k))


@contextmanager
def speaking(parts, pause):
    """A server that says these parts to the first who comes, and then nothing."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def speak() -> None:
            try:
                caller, _from = listener.accept()
                with caller:
                    caller.recv(4096)
                    for part in parts:
                        caller.sendall(part)
                        time.sleep(pause)
                    over.wait(5 if pause else 0)
            except OSError:
                return

        thread = threading.Thread(target=speak)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join(5)


@contextmanager
def secured(folder):
    """A server with TLS, its certificate, and the names under which it was called."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    how, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    how.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    how.sni_callback = lambda _socket, called, _context: names.append(called)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def answer() -> None:
            for _ in range(3):
                try:
                    caller, _from = listener.accept()
                    with how.wrap_socket(caller, server_side=True) as safe:
                        safe.recv(4096)
                        safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                except OSError:
                    continue

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listener.getsockname()[1], folder / "cert.pem", names
        finally:
            thread.join(10)
