"""moto's server, with two defects repaired that keep it from creating and removing this stack.

- CloudFormation gives the tags of an AWS::SSM::Parameter as one object; moto takes them for a list, fails, and still reports
  CREATE_COMPLETE when the CDK asks again.
- moto never removes an AWS::EC2::RouteTable of a stack, and then refuses to remove the VPC.
"""

import sys
from typing import Any

from moto.ec2.models.route_tables import RouteTable
from moto.server import main
from moto.ssm.models import SimpleSystemManagerBackend

put_parameter = SimpleSystemManagerBackend.put_parameter


def put_parameter_with_tags(backend: SimpleSystemManagerBackend, *args: Any, tags: Any = None, **kwargs: Any) -> Any:
    if isinstance(tags, dict):
        tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    return put_parameter(backend, *args, tags=tags, **kwargs)


def delete_route_table(table: RouteTable, _account_id: str, _region_name: str) -> None:
    table._associations.clear()
    table.ec2_backend.delete_route_table(table.id)


SimpleSystemManagerBackend.put_parameter = put_parameter_with_tags
RouteTable.delete = delete_route_table
main(sys.argv[1:])
