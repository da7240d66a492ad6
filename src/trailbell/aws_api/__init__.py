"""AWS's APIs: their wire protocols, and one typed function for each operation that is there."""

from trailbell.aws_api._assembly import OPERATIONS, make_aws_api
from trailbell.aws_api._door import AwsApi
from trailbell.aws_api._operation import CamelStruct, Context, Operation, PascalStruct

__all__ = ["OPERATIONS", "AwsApi", "CamelStruct", "Context", "Operation", "PascalStruct", "make_aws_api"]
