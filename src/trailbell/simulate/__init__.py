"""Made-up but realistic CloudTrail traffic, for the demo, load tests and benchmarks."""

from trailbell.simulate._company import Company
from trailbell.simulate._demo import demo_traffic
from trailbell.simulate._errors import TrafficOrderError
from trailbell.simulate._files import Delivery
from trailbell.simulate._generation import generate
from trailbell.simulate._habits import DeliveryHabits, FileShape
from trailbell.simulate._profiles import Profile
from trailbell.simulate._writer import Written, write_deliveries

__all__ = [
    "Company",
    "Delivery",
    "DeliveryHabits",
    "FileShape",
    "Profile",
    "TrafficOrderError",
    "Written",
    "demo_traffic",
    "generate",
    "write_deliveries",
]
