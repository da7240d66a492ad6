"""Who works in an account: roles with their sessions, users, pipelines, services and root."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from trailbell.simulate._agents import (
    browser,
    command_line,
    deployment_tool,
    java_application,
    machine_agent,
    python_application,
    script_application,
)
from trailbell.simulate._chance import Chance
from trailbell.simulate._people import Duty, IdentityType, Principal, Seat

__all__ = ["hire", "service"]

_PEOPLE = (
    "amara.osei", "bjorn.lindqvist", "carla.mendes", "dmitri.antonov", "elif.kaya", "farid.haddad",
    "grace.okafor", "hana.sato", "ines.duarte", "jonas.weber", "kavya.rao", "lucas.moreau",
    "mei.tanaka", "noor.aziz",
)  # fmt: skip
_VENDOR_ACCOUNT = "999988887777"
_OFFICE = "192.0.2"
_SERVICE_ROLES = (
    ("AWSServiceRoleForAutoScaling", "AutoScaling", "autoscaling.amazonaws.com"),
    ("AWSServiceRoleForAmazonEKS", "AmazonEKS", "eks.amazonaws.com"),
    ("AWSServiceRoleForConfig", "AWSConfig-Describe", "config.amazonaws.com"),
    ("AWSServiceRoleForElasticLoadBalancing", "ElasticLoadBalancing", "elasticloadbalancing.amazonaws.com"),
    ("AWSServiceRoleForRDS", "RDSService", "rds.amazonaws.com"),
)

_Agent = Callable[[Chance], str]


def hire(
    company: str, account_id: str, regions: Sequence[str], chance: Chance
) -> Mapping[Duty, tuple[Principal, ...]]:
    """Returns everybody who works in an account, by duty, the most active first in each."""
    office = _Office(company, account_id, chance)
    principals = [
        office.user("metrics-reader", Duty.MONITOR, python_application, python_application),
        office.user("inventory-export", Duty.MONITOR, python_application),
        office.role("read-only-audit", Duty.MONITOR, office.seats(2, "scan", python_application)),
        office.user(
            "shop-frontend", Duty.APPLICATION, script_application, script_application, python_application
        ),
        office.role(f"{company}-api-task", Duty.APPLICATION, office.seats(10, "", java_application)),
        office.role(f"{company}-web-task", Duty.APPLICATION, office.seats(8, "", python_application)),
        office.role(
            f"{company}-catalogue-handler", Duty.APPLICATION, office.seats(4, "handler", script_application)
        ),
        office.role(f"{company}-billing-task", Duty.APPLICATION, office.seats(4, "", java_application)),
        office.role(f"{company}-worker-machine", Duty.MACHINE, office.seats(14, "i-0", machine_agent)),
        office.role("deploy", Duty.BUILD, office.seats(6, "deploy", deployment_tool)),
        office.role("image-build", Duty.BUILD, office.seats(3, "build", command_line)),
        office.user("backup-export", Duty.BACKUP, python_application),
        *(office.federated_person(person) for person in chance.random.sample(_PEOPLE, 6)),
        *(office.portal_user(person) for person in chance.random.sample(_PEOPLE, 4)),
        *(
            office.user(person, Duty.USER, command_line, browser)
            for person in chance.random.sample(_PEOPLE, 2)
        ),
        office.root(),
        office.outsider(),
        office.pipeline_token(regions[0]),
        *(office.service_role(*row) for row in _SERVICE_ROLES),
        office.internal(),
    ]
    return _by_duty(principals)


def service(host: str) -> Principal:
    """Returns the AWS service that calls under this host name."""
    return Principal(
        identity_type=IdentityType.AWS_SERVICE,
        duty=Duty.SERVICE,
        name=host,
        account_id="",
        seats=(Seat(session_name="", address=host, user_agent=host),),
    )


def _by_duty(principals: Iterable[Principal]) -> Mapping[Duty, tuple[Principal, ...]]:
    duties: dict[Duty, tuple[Principal, ...]] = {}
    for principal in principals:
        duties[principal.duty] = (*duties.get(principal.duty, ()), principal)
    return duties


class _Office:
    """Makes principals of one account."""

    def __init__(self, company: str, account_id: str, chance: Chance) -> None:
        self._company = company
        self._account_id = account_id
        self._chance = chance

    def seats(self, count: int, session_prefix: str, agent: _Agent) -> tuple[Seat, ...]:
        """Returns that many seats; without a prefix a session is named by a task ID."""
        return tuple(
            Seat(
                session_name=self._session_name(session_prefix),
                address=self._address(),
                user_agent=agent(self._chance),
            )
            for _ in range(count)
        )

    def role(self, name: str, duty: Duty, seats: tuple[Seat, ...]) -> Principal:
        """Returns a role that is assumed on these seats."""
        return Principal(
            identity_type=IdentityType.ASSUMED_ROLE,
            duty=duty,
            name=name,
            account_id=self._account_id,
            seats=seats,
            arn=f"arn:aws:iam::{self._account_id}:role/{name}",
            principal_id=self._chance.unique_id("AROA", 21),
        )

    def user(self, name: str, duty: Duty, *agents: _Agent) -> Principal:
        """Returns an IAM user with an access key, on one seat for each agent."""
        seats = tuple(
            Seat("", self._address(), agent(self._chance), is_console=agent is browser) for agent in agents
        )
        return Principal(
            identity_type=IdentityType.IAM_USER,
            duty=duty,
            name=name,
            account_id=self._account_id,
            seats=seats,
            arn=f"arn:aws:iam::{self._account_id}:user/{name}",
            principal_id=self._chance.unique_id("AIDA", 21),
            access_key_id=self._chance.access_key_id("AKIA"),
            has_mfa=duty is Duty.USER,
        )

    def federated_person(self, person: str) -> Principal:
        """Returns the role that a person works under after a sign-in through Identity Center."""
        permission = self._chance.pick(("DeveloperAccess", "ReadOnlyAccess", "OperatorAccess"))
        name = f"AWSReservedSSO_{permission}_{self._chance.hexadecimal(16)}"
        mail, address = f"{person}@{self._company}.example", self._address()
        seats = (
            Seat(mail, address, browser(self._chance), is_console=True),
            Seat(mail, address, command_line(self._chance)),
        )
        path = f"aws-reserved/sso.amazonaws.com/{name}"
        return Principal(
            identity_type=IdentityType.ASSUMED_ROLE,
            duty=Duty.PERSON,
            name=name,
            account_id=self._account_id,
            seats=seats,
            arn=f"arn:aws:iam::{self._account_id}:role/{path}",
            principal_id=self._chance.unique_id("AROA", 21),
        )

    def portal_user(self, person: str) -> Principal:
        """Returns a person as Identity Center itself sees them."""
        return Principal(
            identity_type=IdentityType.IDENTITY_CENTER_USER,
            duty=Duty.PORTAL,
            name=f"{person}@{self._company}.example",
            account_id=self._account_id,
            seats=(Seat("", self._address(), browser(self._chance)),),
            principal_id=self._chance.uuid(),
        )

    def root(self) -> Principal:
        """Returns the account's root user."""
        return Principal(
            identity_type=IdentityType.ROOT,
            duty=Duty.ROOT,
            name="root",
            account_id=self._account_id,
            seats=(Seat("", self._address(), browser(self._chance), is_console=True),),
            arn=f"arn:aws:iam::{self._account_id}:root",
            principal_id=self._account_id,
            has_mfa=True,
        )

    def outsider(self) -> Principal:
        """Returns a vendor's role in another account, as the account it calls sees it."""
        return Principal(
            identity_type=IdentityType.AWS_ACCOUNT,
            duty=Duty.OUTSIDER,
            name="vendor",
            account_id=_VENDOR_ACCOUNT,
            principal_id=self._chance.unique_id("AROA", 21),
            seats=self.seats(2, "collector", python_application),
        )

    def pipeline_token(self, region: str) -> Principal:
        """Returns the build pipeline before it has exchanged its token for a role."""
        provider = f"arn:aws:iam::{self._account_id}:oidc-provider/token.pipeline.example"
        return Principal(
            identity_type=IdentityType.WEB_IDENTITY_USER,
            duty=Duty.PIPELINE_TOKEN,
            name=f"repo:{self._company}/platform:ref:refs/heads/main",
            account_id=self._account_id,
            seats=self.seats(3, "deploy", command_line),
            arn=provider,
            principal_id=f"{provider}:sts.{region}.amazonaws.com:repo:{self._company}/platform:ref:refs/heads/main",
        )

    def service_role(self, name: str, session: str, host: str) -> Principal:
        """Returns a service-linked role in the hands of its service."""
        return Principal(
            identity_type=IdentityType.ASSUMED_ROLE,
            duty=Duty.SERVICE_ROLE,
            name=name,
            account_id=self._account_id,
            seats=(Seat(session, host, host),),
            arn=f"arn:aws:iam::{self._account_id}:role/aws-service-role/{host}/{name}",
            principal_id=self._chance.unique_id("AROA", 21),
        )

    def internal(self) -> Principal:
        """Returns AWS itself, which acts in the account without an identity."""
        return Principal(
            identity_type=IdentityType.ABSENT,
            duty=Duty.INTERNAL,
            name="AWS Internal",
            account_id=self._account_id,
            seats=(Seat("", "AWS Internal", "AWS Internal"),),
        )

    def _session_name(self, prefix: str) -> str:
        if not prefix:
            return self._chance.hexadecimal(32)
        if prefix == "i-0":
            return f"i-0{self._chance.hexadecimal(16)}"
        return f"{prefix}-{self._chance.between(1000, 9999)}"

    def _address(self) -> str:
        return f"{_OFFICE}.{self._chance.between(1, 254)}"
