"""The key that signs messages, and the certificates that receivers check signatures with.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import contextlib
import datetime
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from trailbell._errors import TrailbellError

__all__ = ["Signed", "SigningKeyError", "SigningKeys"]

_CERTIFICATE_NAME = re.compile(r"SimpleNotificationService-[0-9a-f]{32}\.pem")
_VALID_FOR = datetime.timedelta(days=5 * 365)
# Clocks of receivers may run behind.
_VALID_BEFORE = datetime.timedelta(days=1)
_RENEWED_BEFORE_END = datetime.timedelta(days=30)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# Version 1 is SHA-1 by definition, SNS's default, and all that many receivers know.
_HASHES: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303


class SigningKeyError(TrailbellError):
    """A file of the signing keys that cannot be used.

    Attributes:
        path: which file.
        reason: what is wrong with it and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class Signed(msgspec.Struct, frozen=True):
    """A signature in base64, and the name of the certificate it can be checked with."""

    signature: str
    certificate_name: str


class _Pair(msgspec.Struct, frozen=True):
    name: str
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


class SigningKeys:
    """The key pair in use and all certificates made before, kept in a folder.

    The first pair is made when something is first signed, and a new one before a certificate ends. Old
    certificates stay, since a message may be read long after it was signed; old private keys do not.
    ``now_ms`` tells the time. May be used from several threads.

    Raises:
        SigningKeyError: a file in the folder is damaged; signing raises it where none can be written.
    """

    def __init__(self, folder: Path, now_ms: Callable[[], int]) -> None:
        self._folder = folder
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._certificates, self._pair = _read(folder)

    def sign(self, text: str, version: str) -> Signed:
        """Signs a text: version 1 is over SHA-1, version 2 over SHA-256."""
        with self._lock:
            if self._pair is None or self._is_ending(self._pair):
                self._pair = self._made()
            pair = self._pair
        signature = pair.key.sign(text.encode(), padding.PKCS1v15(), _HASHES[version])
        return Signed(base64.b64encode(signature).decode(), pair.name)

    def certificate(self, name: str) -> bytes | None:
        """Returns the certificate of that name as PEM; None if there never was one."""
        return self._certificates.get(name)

    def rotate(self) -> str:
        """Makes a new pair, which signs from now on, and returns its certificate's name."""
        with self._lock:
            self._pair = self._made()
            return self._pair.name

    def _is_ending(self, pair: _Pair) -> bool:
        return self._now() > pair.certificate.not_valid_after_utc - _RENEWED_BEFORE_END

    def _now(self) -> datetime.datetime:
        return _EPOCH + datetime.timedelta(milliseconds=self._now_ms())

    def _made(self) -> _Pair:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = _certificate(key, self._now())
        pair = _Pair(_name(certificate), key, certificate)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        try:
            _keep(self._folder, pair, pem)
        except OSError as error:
            raise SigningKeyError(
                self._folder, f"a signing key cannot be written here: {error.strerror}"
            ) from error
        # The dictionary is replaced and not changed, since others read it without the lock.
        self._certificates = {**self._certificates, pair.name: pem}
        return pair


def _keep(folder: Path, pair: _Pair, pem: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    key_path = _key_path(folder, pair.name)
    # The key comes first: a certificate without its key would be taken for an old one, and never sign.
    _write(key_path, _key_pem(pair.key), 0o600)
    _write(folder / pair.name, pem, 0o644)
    for path in folder.glob("SimpleNotificationService-*.key"):
        if path != key_path:
            path.unlink(missing_ok=True)


def _read(folder: Path) -> tuple[dict[str, bytes], _Pair | None]:
    """All certificates as PEM, and the newest pair."""
    certificates: dict[str, bytes] = {}
    pairs: list[_Pair] = []
    for path in sorted(folder.glob("*.pem")):
        if not _CERTIFICATE_NAME.fullmatch(path.name):
            continue
        certificates[path.name], certificate = _read_certificate(path)
        key_path = _key_path(folder, path.name)
        if key_path.exists():
            pairs.append(_Pair(path.name, _read_key(key_path, certificate), certificate))
    return certificates, max(pairs, key=lambda pair: pair.certificate.not_valid_before_utc, default=None)


def _read_certificate(path: Path) -> tuple[bytes, x509.Certificate]:
    try:
        pem = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
    except OSError as error:
        raise SigningKeyError(path, f"the certificate cannot be read: {error.strerror}") from error
    except ValueError:
        raise SigningKeyError(
            path, "this is no certificate; restore it from a backup, or remove it and its .key file"
        ) from None
    if _name(certificate) != path.name:
        raise SigningKeyError(path, "the certificate is not the one it is named after; remove it")
    return pem, certificate


def _read_key(path: Path, certificate: x509.Certificate) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SigningKeyError(path, f"the private key cannot be read: {error.strerror}") from error
    except (ValueError, TypeError):
        raise SigningKeyError(
            path, "this is no private key; restore it from a backup, or remove it to have a new one made"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise SigningKeyError(
            path, "the private key belongs to another certificate; remove it to have a new one made"
        )
    return key


def _certificate(key: rsa.RSAPrivateKey, now: datetime.datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Trailbell"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Trailbell message signing"),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _VALID_BEFORE)
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _name(certificate: x509.Certificate) -> str:
    return f"SimpleNotificationService-{certificate.fingerprint(hashes.SHA256()).hex()[:32]}.pem"


def _key_path(folder: Path, certificate_name: str) -> Path:
    return folder / certificate_name.replace(".pem", ".key")


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Writes a file so that it is there as a whole or not at all, also after the power is cut."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
