"""The key that signs messages and its certificates: made once, kept, turned over, and judged when damaged."""

import base64
import datetime
import re
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from trailbell.channels import Signed, SigningKeyError, SigningKeys

NOW_MS = 1_750_000_000_000
NOW = datetime.datetime.fromtimestamp(NOW_MS / 1000, datetime.UTC)
YEAR_MS = 365 * 86_400_000


class Clock:
    """Tells the time it is set to."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def keys_in(folder: Path, clock: Clock | None = None) -> SigningKeys:
    return SigningKeys(folder / "signing", clock or Clock())


def certificate_of(keys: SigningKeys, name: str) -> x509.Certificate:
    pem = keys.certificate(name)
    assert pem is not None
    return x509.load_pem_x509_certificate(pem)


def verify(keys: SigningKeys, text: str, signed: Signed, algorithm: hashes.HashAlgorithm) -> None:
    public_key = certificate_of(keys, signed.certificate_name).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    public_key.verify(base64.b64decode(signed.signature), text.encode(), padding.PKCS1v15(), algorithm)


@pytest.mark.parametrize(
    ("version", "algorithm"),
    [("1", hashes.SHA1()), ("2", hashes.SHA256())],  # noqa: S303
)
def test_a_signature_can_be_checked_with_the_certificate_it_names(
    version: str, algorithm: hashes.HashAlgorithm, tmp_path: Path
) -> None:
    keys = keys_in(tmp_path)

    signed = keys.sign("Grüße\n", version)

    verify(keys, "Grüße\n", signed, algorithm)
    assert "\n" not in signed.signature
    with pytest.raises(InvalidSignature):
        verify(keys, "Grüße", signed, algorithm)


def test_the_certificate_is_one_that_receivers_can_judge(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)

    name = keys.sign("x", "1").certificate_name

    certificate = certificate_of(keys, name)
    public_key = certificate.public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    assert re.fullmatch(r"SimpleNotificationService-[0-9a-f]{32}\.pem", name)
    assert 2048 == public_key.key_size
    assert "Trailbell" in certificate.issuer.rfc4514_string()
    assert certificate.issuer == certificate.subject
    assert certificate.not_valid_before_utc < NOW
    assert certificate.not_valid_after_utc > NOW + datetime.timedelta(days=4 * 365)


def test_nothing_is_made_before_something_is_signed(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)

    assert [] == list(tmp_path.iterdir())
    assert keys.certificate("SimpleNotificationService-0.pem") is None


def test_only_the_owner_can_read_the_private_key(tmp_path: Path) -> None:
    keys_in(tmp_path).sign("x", "1")
    folder = tmp_path / "signing"

    modes = {path.suffix: path.stat().st_mode & 0o777 for path in folder.iterdir()}

    assert {".key": 0o600, ".pem": 0o644} == modes
    assert 0o700 == folder.stat().st_mode & 0o777


def test_the_same_key_signs_after_a_restart(tmp_path: Path) -> None:
    first = keys_in(tmp_path).sign("x", "2")

    assert first == keys_in(tmp_path).sign("x", "2")


def test_threads_that_sign_first_share_one_key(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda: names.append(keys.sign("x", "1").certificate_name)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (8, 1) == (len(names), len(set(names)))
    assert 2 == len(list((tmp_path / "signing").iterdir()))


def test_a_turned_over_key_leaves_its_certificate_and_no_private_key(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    old = keys.sign("x", "2")

    new_name = keys.rotate()

    assert new_name == keys.sign("x", "2").certificate_name
    for each in (keys, keys_in(tmp_path)):
        verify(each, "x", old, hashes.SHA256())
        assert new_name == each.sign("x", "2").certificate_name
    assert [new_name.replace(".pem", ".key")] == [path.name for path in (tmp_path / "signing").glob("*.key")]


def test_a_certificate_that_ends_soon_is_replaced(tmp_path: Path) -> None:
    clock = Clock()
    keys = keys_in(tmp_path, clock)
    first = keys.sign("x", "1").certificate_name

    clock.now_ms += 4 * YEAR_MS
    in_time = keys.sign("x", "1").certificate_name
    clock.now_ms += YEAR_MS
    too_late = keys.sign("x", "1").certificate_name

    assert first == in_time
    assert first != too_late
    assert certificate_of(keys, too_late).not_valid_after_utc.timestamp() * 1000 > clock.now_ms


def test_a_key_whose_certificate_was_not_written_any_more_is_replaced(tmp_path: Path) -> None:
    first = keys_in(tmp_path).sign("x", "1").certificate_name
    (tmp_path / "signing" / first).unlink()

    second = keys_in(tmp_path).sign("x", "1").certificate_name

    assert first != second
    assert {second, second.replace(".pem", ".key")} == {
        path.name for path in (tmp_path / "signing").iterdir()
    }


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    keys_in(tmp_path).sign("x", "1")
    for name in ("note.pem", ".new-abc", "mine.key"):
        (tmp_path / "signing" / name).write_text("x")

    keys = keys_in(tmp_path)
    keys.rotate()

    assert keys.certificate("note.pem") is None
    assert (tmp_path / "signing" / "mine.key").exists()


@pytest.mark.parametrize(
    "name", ["../signing/x", "", "SimpleNotificationService-" + "0" * 32 + ".pem", "SIGNING"]
)
def test_only_certificates_can_be_asked_for(name: str, tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    signed = keys.sign("x", "1").certificate_name

    assert keys.certificate(name) is None
    assert keys.certificate(signed.replace(".pem", ".key")) is None


@pytest.mark.parametrize(
    "content", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_certificate_is_told(content: bytes, tmp_path: Path) -> None:
    name = keys_in(tmp_path).sign("x", "1").certificate_name
    path = tmp_path / "signing" / name
    path.write_bytes(content)

    with pytest.raises(SigningKeyError, match=f"{name}: this is no certificate") as caught:
        keys_in(tmp_path)

    assert path == caught.value.path


def test_a_certificate_under_another_s_name_is_told(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    old = keys.sign("x", "1").certificate_name
    new = keys.rotate()
    (tmp_path / "signing" / old).write_bytes((tmp_path / "signing" / new).read_bytes())

    with pytest.raises(SigningKeyError, match="not the one it is named after"):
        keys_in(tmp_path)


@pytest.mark.parametrize("content", [b"", b"x"])
def test_a_damaged_key_is_told_without_its_content(content: bytes, tmp_path: Path) -> None:
    name = keys_in(tmp_path).sign("x", "1").certificate_name.replace(".pem", ".key")
    (tmp_path / "signing" / name).write_bytes(content)

    with pytest.raises(SigningKeyError, match=f"{name}: this is no private key"):
        keys_in(tmp_path)


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    name = keys_in(tmp_path / "a").sign("x", "1").certificate_name
    other = keys_in(tmp_path / "b").sign("x", "1").certificate_name
    key = (tmp_path / "b" / "signing" / other).with_suffix(".key")
    key.replace((tmp_path / "a" / "signing" / name).with_suffix(".key"))

    with pytest.raises(SigningKeyError, match="belongs to another certificate"):
        keys_in(tmp_path / "a")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "signing").write_text("in the way")

    with pytest.raises(SigningKeyError, match="cannot be written here"):
        keys_in(tmp_path).sign("x", "1")
