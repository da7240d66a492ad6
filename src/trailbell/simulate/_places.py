"""An account in a region, and the made-up resources that stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from trailbell.simulate._chance import Chance

__all__ = ["Place", "furnish"]

_TIERS = ("web", "api", "worker", "billing", "search", "reports", "mailer", "ledger", "catalogue", "gateway")
_BUCKET_KINDS = ("logs", "assets", "exports")
_STAGES = ("database", "session", "signing", "webhook", "payments", "metrics", "mail", "search")


class Place(msgspec.Struct, frozen=True, eq=False):
    """One account in one region.

    Attributes:
        account_id: 12 digits.
        region: Region name.
        share: This place's share of all traffic, 0 to 1.
        resources: Kind of resource to the names or IDs that exist here, the busiest first.
    """

    account_id: str
    region: str
    share: float
    resources: Mapping[str, tuple[str, ...]]


def furnish(company: str, account_id: str, region: str, share: float, chance: Chance) -> Place:
    """Returns a place with its machines, buckets, keys and the rest."""
    resources = {
        kind: tuple(make(chance) for _ in range(count)) for kind, (count, make) in _IDENTIFIERS.items()
    }
    named = {
        "bucket": [
            f"{company}-{tier}-{kind}-{account_id[:4]}-{region}"
            for tier in _TIERS[:6]
            for kind in _BUCKET_KINDS
        ],
        "secret": [f"prod/{tier}/{stage}" for tier in _TIERS for stage in _STAGES[:4]],
        "parameter": [f"/{company}/{tier}/{stage}" for tier in _TIERS for stage in _STAGES],
        "parameter_path": [f"/{company}/{tier}" for tier in _TIERS],
        "function": [f"{tier}-{verb}" for tier in _TIERS for verb in ("handler", "rotate", "sync")],
        "table": [f"{company}-{tier}" for tier in _TIERS],
        "database": [f"{company}-{tier}-{number}" for tier in _TIERS[:5] for number in (1, 2)],
        "role": [f"{company}-{tier}-task" for tier in _TIERS]
        + ["deploy", "read-only-audit", "metrics-reader"],
        "policy": [f"{company}-{tier}-access" for tier in _TIERS],
        "profile": [f"{company}-{tier}-machine" for tier in _TIERS],
        "user": ["backup-export", "report-mailer", "legacy-uploader", "metrics-push"],
        "cluster": [f"{company}-main", f"{company}-batch"],
        "repository": [f"{company}/{tier}" for tier in _TIERS],
        "queue": [f"{company}-{tier}-jobs" for tier in _TIERS],
        "topic": [f"{company}-{tier}-events" for tier in _TIERS],
        "log_group": [f"/aws/lambda/{tier}-handler" for tier in _TIERS],
        "stack": [f"{company}-{tier}" for tier in _TIERS],
        "balancer": [f"{company}-{tier}" for tier in _TIERS[:4]],
        "scaling_group": [f"{company}-{tier}-machines" for tier in _TIERS[:6]],
        "trail": [f"{company}-trail"],
    }
    resources.update((kind, tuple(names)) for kind, names in named.items())
    return Place(account_id=account_id, region=region, share=share, resources=resources)


def _resource(prefix: str) -> Callable[[Chance], str]:
    return lambda chance: f"{prefix}-0{chance.hexadecimal(16)}"


_IDENTIFIERS: Mapping[str, tuple[int, Callable[[Chance], str]]] = {
    "instance": (40, _resource("i")),
    "volume": (50, _resource("vol")),
    "snapshot": (60, _resource("snap")),
    "image": (12, _resource("ami")),
    "subnet": (9, _resource("subnet")),
    "vpc": (3, _resource("vpc")),
    "group": (16, _resource("sg")),
    "interface": (50, _resource("eni")),
    "route_table": (6, _resource("rtb")),
    "gateway": (3, _resource("igw")),
    "network_acl": (4, _resource("acl")),
    "peering": (2, _resource("pcx")),
    "endpoint": (3, _resource("vpce")),
    "template": (6, _resource("lt")),
    "association": (20, Chance.uuid),
    "key": (10, Chance.uuid),
    "task": (12, lambda chance: chance.hexadecimal(32)),
}
