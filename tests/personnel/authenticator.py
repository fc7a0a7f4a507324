"""A passkey in software: it does what a device does when a browser asks it (WebAuthn), with P-256."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One device on the site `origin`. `verifies`: whether it knows its owner (by PIN, by face)."""

    def __init__(self, origin: str, verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self.id = secrets.token_bytes(16)
        self.count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """The answer (JSON) to what `BeginPasskey` offered."""
        asked = json.loads(options)
        data = self._data(asked["rp"]["id"], ATTESTED) + bytes(16)
        data += len(self.id).to_bytes(2, "big") + self.id + self._public_key()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._credential(clientDataJSON=client, attestationObject=attestation)

    def answer(self, options: str) -> str:
        """The answer (JSON) to what `BeginConfirmation` asked."""
        asked = json.loads(options)
        assert encode(self.id) in [one["id"] for one in asked["allowCredentials"]]
        return self.sign(asked)

    def sign(self, asked: dict[str, Any]) -> str:
        """As `answer`, even where it was not among those asked."""
        self.count += 1
        data = self._data(asked["rpId"])
        client = self._client("webauthn.get", asked["challenge"])
        signed = data + hashlib.sha256(client).digest()
        signature = self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._credential(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, site: str, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return (
            hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        )

    def _public_key(self) -> bytes:
        """As COSE has it: an elliptic key (2) for ES256 (-7) on P-256 (1)."""
        point = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _credential(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": encode(self.id),
                "rawId": encode(self.id),
                "type": "public-key",
                "response": {name: encode(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
