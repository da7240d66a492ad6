"""A made-up company: its accounts, the places it works in and the principals that act for it."""

from __future__ import annotations

from trailbell.simulate._cast import hire
from trailbell.simulate._chance import Chance
from trailbell.simulate._people import Duty, Principal
from trailbell.simulate._places import Place, furnish

__all__ = ["Company"]

_NAMES = (
    "alderbrook",
    "copperleaf",
    "fernhollow",
    "gullwing",
    "harrowgate",
    "millstone",
    "quillback",
    "saltmarsh",
)
_ACCOUNTS = (("production", 0.60), ("staging", 0.23), ("development", 0.12), ("security", 0.05))
_HOME_REGION = "us-east-1"
_OTHER_REGIONS = ("eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2", "ca-central-1", "eu-north-1")
_REGION_SHARES = (0.55, 0.26, 0.13, 0.06)


class Company:
    """The fixed cast behind the traffic: the same seed always gives the same company.

    Account numbers are of the form aaaabbbbcccc, addresses come from the blocks set aside for documentation
    and access keys end in EXAMPLE, so that nothing in it can belong to anybody.

    Attributes:
        seed: The seed it was made from.
        name: One invented word, used in bucket names and the like.
        account_ids: Its accounts, the busiest first.
        regions: Its regions; the first is the home of global services and of most traffic.
        places: Each account in each region, with its share of the traffic.
    """

    def __init__(self, seed: int) -> None:
        chance = Chance("company", seed)
        self.seed = seed
        self.name = chance.pick(_NAMES)
        digits = chance.random.sample(range(1, 10), 3 + len(_ACCOUNTS) - 1)
        self.account_ids = tuple(
            "".join(str(digit) * 4 for digit in digits[number : number + 3])
            for number in range(len(_ACCOUNTS))
        )
        self.regions = (_HOME_REGION, *chance.random.sample(_OTHER_REGIONS, len(_REGION_SHARES) - 1))
        self.places = tuple(self._places(chance))
        self._principals = {
            account_id: hire(self.name, account_id, self.regions, chance) for account_id in self.account_ids
        }

    @property
    def home(self) -> Place:
        """The busiest account in the home region."""
        return self.places[0]

    @property
    def leaked_user(self) -> Principal:
        """The IAM user of the home account whose access key an intruder may hold."""
        return self.principals(self.home.account_id, Duty.BACKUP)[0]

    def principals(self, account_id: str, duty: Duty) -> tuple[Principal, ...]:
        """Returns the principals of an account that have this duty, the most active first."""
        return self._principals[account_id][duty]

    def _places(self, chance: Chance) -> list[Place]:
        return [
            furnish(self.name, account_id, region, share * region_share, chance)
            for account_id, (_, share) in zip(self.account_ids, _ACCOUNTS, strict=True)
            for region, region_share in zip(self.regions, _REGION_SHARES, strict=True)
        ]
