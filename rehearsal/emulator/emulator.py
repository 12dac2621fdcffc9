"""moto's server, with the defects repaired that keep it from deploying, updating and removing this stack.

A repair makes moto do what AWS documents, and nothing else:

- the tags of an AWS::SSM::Parameter are one object in CloudFormation and a list in SSM;
- a stack removes its route tables, its listeners and its rules of a security group;
- what an update removed is created again when a later update brings it back;
- a stack keeps the values of its parameters as they were given: a later update may use them again, also where only the
  default was used, or where the value is the name of an SSM parameter; a NoEcho value is masked;
- an executed change set is gone; to delete one that does not exist is no error, to describe it is `ChangeSetNotFound`;
- a stack that a change set updated has the outputs, parameters and template of that change set.

A dashboard is skipped, as the alarms are that it shows: moto has dashboards in a stack, and no alarms.
"""

import sys
from contextlib import suppress
from typing import Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap
from moto.cloudwatch.models import Dashboard
from moto.ec2.exceptions import InvalidPermissionNotFoundError, InvalidSecurityGroupNotFoundError
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.security_groups import SecurityGroupIngress
from moto.elbv2.exceptions import ListenerNotFoundError
from moto.elbv2.models import FakeListener, elbv2_backends
from moto.server import main
from moto.ssm.models import Parameter

create_parameter = Parameter.create_from_cloudformation_json
update_resources = ResourceMap.update
execute_change_set = CloudFormationBackend.execute_change_set


def create_parameter_with_tags(resource_name: str, cloudformation_json: Any, *args: Any, **kwargs: Any) -> Parameter:
    properties = cloudformation_json["Properties"]
    tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
    return create_parameter(resource_name, {"Properties": {**properties, "Tags": tags}}, *args, **kwargs)


def delete_route_table(table: RouteTable, _account_id: str, _region_name: str) -> None:
    table._associations.clear()
    table.ec2_backend.delete_route_table(table.id)


def delete_listener(listener: FakeListener, account_id: str, region_name: str) -> None:
    with suppress(ListenerNotFoundError):  # it went with its load balancer
        elbv2_backends[account_id][region_name].delete_listener(listener.arn)


def delete_ingress(ingress: SecurityGroupIngress, _account_id: str, _region_name: str) -> None:
    rule, group = ingress.properties, ingress.security_group
    source = rule.get("SourceSecurityGroupId")
    with suppress(InvalidPermissionNotFoundError, InvalidSecurityGroupNotFoundError):  # it went with its group
        group.ec2_backend.revoke_security_group_ingress(
            group.id,
            rule["IpProtocol"],
            rule.get("FromPort"),
            rule.get("ToPort"),
            [{"CidrIp": rule["CidrIp"]}] if "CidrIp" in rule else [],
            [{"GroupId": source}] if source else [],
        )


def given_parameters(stack: Stack) -> dict[str, Any]:
    declared = stack.template_dict.get("Parameters", {})
    return {name: stack.parameters.get(name, slot.get("Default")) for name, slot in declared.items()}


def shown_parameters(stack: Stack) -> list[dict[str, Any]]:
    declared = stack.template_dict.get("Parameters", {})
    return [
        {"ParameterKey": name, "ParameterValue": "****" if declared[name].get("NoEcho") else value}
        for name, value in given_parameters(stack).items()
    ]


def updated_parameters(_backend: Any, instance: Stack, incoming_params: list[dict[str, Any]]) -> dict[str, Any]:
    given = given_parameters(instance)
    return {
        name: given[name] if parameter.get("UsePreviousValue") else parameter["ParameterValue"]
        for parameter in incoming_params
        for name in [parameter["ParameterKey"]]
    }


def update_and_forget(resources: ResourceMap, template: dict[str, Any], parameters: Any = None) -> None:
    before = set(resources.resources)
    update_resources(resources, template, parameters)
    for removed in before.difference(resources.resources):
        resources._parsed_resources.pop(removed, None)


class ChangeSetNotFound(CloudFormationError):
    code = "ChangeSetNotFound"


def find_change_set(backend: CloudFormationBackend, change_set_name: str) -> ChangeSet:
    for change_set in backend.change_sets.values():
        if change_set_name in (change_set.change_set_id, change_set.change_set_name):
            return change_set
    raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")


def execute_and_forget(backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = find_change_set(backend, change_set_name)
    execute_change_set(backend, change_set.change_set_id, stack_name)
    stack = change_set.stack
    stack._parse_template()
    stack.parameters = change_set.parameters
    stack.output_map = stack._create_output_map()
    del backend.change_sets[change_set.change_set_id]


def delete_change_set(backend: CloudFormationBackend, change_set_name: str) -> None:
    with suppress(ChangeSetNotFound):
        del backend.change_sets[find_change_set(backend, change_set_name).change_set_id]


Parameter.create_from_cloudformation_json = create_parameter_with_tags
RouteTable.delete = delete_route_table
FakeListener.delete = delete_listener
SecurityGroupIngress.delete = delete_ingress
ResourceMap.update = update_and_forget
Stack.stack_parameters = property(given_parameters)
Stack.parameter_list = property(shown_parameters)
Stack.has_parameters = lambda stack, others: given_parameters(stack) == {**given_parameters(stack), **others}
CloudFormationBackend._resolve_update_parameters = updated_parameters
CloudFormationBackend.describe_change_set = find_change_set
CloudFormationBackend.execute_change_set = execute_and_forget
CloudFormationBackend.delete_change_set = delete_change_set
Dashboard.cloudformation_type = staticmethod(lambda: "skipped")
main(sys.argv[1:])
