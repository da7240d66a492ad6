"""The terraform program, without its network and without anybody's settings."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

__all__ = ["Terraform", "provider_mirror", "terraform"]

_MIRROR = "TRAILBELL_TERRAFORM_PROVIDERS"


class Terraform:
    """Terraform in one folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self.folder = folder

    def ask(self, *arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs terraform with a text as its standard input, and returns what came of it."""
        return subprocess.run(
            [self._program, *arguments],
            input=text,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder),
                "CHECKPOINT_DISABLE": "1",
                "TF_IN_AUTOMATION": "1",
                **environment,
            },
            timeout=120,
            check=False,
        )

    def run(self, *arguments: str, text: str = "", **environment: str) -> str:
        """Runs terraform, which must succeed, and returns what it wrote."""
        done = self.ask(*arguments, text=text, **environment)
        assert done.returncode == 0, f"terraform {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout


def terraform(folder: Path) -> Terraform:
    """Finds terraform, or skips the test and says how to install it."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("there is no terraform: see https://developer.hashicorp.com/terraform/install")
    return Terraform(program, folder)


def provider_mirror() -> str:
    """The folder of Terraform's AWS provider, or skips the test: nothing is loaded from elsewhere."""
    folder = os.environ.get(_MIRROR)
    if not folder:
        pytest.skip(
            "there is no AWS provider for Terraform: beside an exported plan run terraform providers mirror "
            f"FOLDER, and name that folder: export {_MIRROR}=FOLDER"
        )
    return folder
