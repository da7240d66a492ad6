"""User agents in the shapes that AWS's tools send."""

from __future__ import annotations

from trailbell.simulate._chance import Chance

__all__ = [
    "INTRUDER_AGENT",
    "browser",
    "command_line",
    "deployment_tool",
    "java_application",
    "machine_agent",
    "python_application",
    "script_application",
]

INTRUDER_AGENT = "aws-cli/1.27.45 Python/3.10.8 Linux/6.0.0-kali3-amd64 botocore/1.29.45"

_KERNELS = ("5.10.220-209.869.amzn2.x86_64", "6.1.102-108.177.amzn2023.x86_64", "5.15.0-1067-aws")
_BROWSERS = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/127.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
)


def python_application(chance: Chance) -> str:
    """Returns the agent of a Python program."""
    minor, kernel = chance.between(90, 162), chance.pick(_KERNELS)
    environment = chance.pick(("AWS_ECS_FARGATE", "AWS_ECS_EC2", "AWS_Lambda_python3.11"))
    return (
        f"Boto3/1.34.{minor} md/Botocore#1.34.{minor} ua/2.0 os/linux#{kernel} md/arch#x86_64 "
        f"lang/python#3.11.{chance.between(4, 9)} md/pyimpl#CPython exec-env/{environment} "
        f"cfg/retry-mode#legacy Botocore/1.34.{minor}"
    )


def java_application(chance: Chance) -> str:
    """Returns the agent of a Java service."""
    return (
        f"aws-sdk-java/2.26.{chance.between(1, 31)} Linux/{chance.pick(_KERNELS)} "
        f"OpenJDK_64-Bit_Server_VM/17.0.{chance.between(8, 12)}+7-LTS Java/17.0.12 kotlin/1.9.24-release-822 "
        "vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy cfg/auth-source#stat"
    )


def script_application(chance: Chance) -> str:
    """Returns the agent of a JavaScript function."""
    minor = chance.between(590, 632)
    return (
        f"aws-sdk-js/3.{minor}.0 ua/2.0 os/linux#5.10.219 lang/js md/nodejs#20.16.0 "
        f"api/client#3.{minor}.0 exec-env/AWS_Lambda_nodejs20.x"
    )


def deployment_tool(chance: Chance) -> str:
    """Returns the agent of an infrastructure-as-code tool."""
    return (
        f"APN/1.0 HashiCorp/1.0 Terraform/1.9.{chance.between(1, 5)} (+https://www.terraform.io) "
        f"terraform-provider-aws/5.{chance.between(50, 64)}.0 aws-sdk-go-v2/1.30.{chance.between(1, 4)} "
        "os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64"
    )


def machine_agent(chance: Chance) -> str:
    """Returns the agent of the management agent on an instance."""
    return (
        f"aws-sdk-go/1.55.{chance.between(1, 5)} (go1.22.6; linux; amd64) "
        f"amazon-ssm-agent/3.3.{chance.between(600, 859)}.0"
    )


def command_line(chance: Chance) -> str:
    """Returns the agent of the AWS CLI."""
    return (
        f"aws-cli/2.17.{chance.between(1, 32)} md/awscrt#0.21.2 ua/2.0 os/macos#23.6.0 md/arch#arm64 "
        "lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off"
    )


def browser(chance: Chance) -> str:
    """Returns the agent of a web browser."""
    return chance.pick(_BROWSERS)
