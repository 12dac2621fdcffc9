"""The `aws` of a document: an AWS SDK's call, or, on a segment, where the service runs and what made the segment."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

#: Attributes of an AWS call, and their names in X-Ray; the first that is there counts.
_CALL = {
    "operation": ("aws.operation", "rpc.method"),
    "region": ("aws.region", "cloud.region"),
    "account_id": ("aws.account_id",),
    "request_id": ("aws.request_id", "aws.requestId"),
    "queue_url": ("aws.queue_url", "aws.queue.url", "aws.sqs.queue.url", "messaging.url"),
    "table_name": ("aws.table_name", "aws.table.name"),
    "bucket_name": ("aws.s3.bucket",),
    "retries": ("retry_attempts",),
}
_TABLES = ("aws.dynamodb.table_names", "aws.table_names")
_SAID_BY_THE_NAMES = ("rpc.system", "rpc.system.name", "rpc.service", "aws.service")

#: What a task's metadata says, and its names in X-Ray.
_TASK = {
    "container": "container.name",
    "container_id": "container.id",
    "container_arn": "aws.ecs.container.arn",
    "cluster_arn": "aws.ecs.cluster.arn",
    "task_arn": "aws.ecs.task.arn",
    "task_family": "aws.ecs.task.family",
    "launch_type": "aws.ecs.launchtype",
}

#: As the X-Ray SDK names a task of ECS, whatever it is launched on: sampling rules match it as `ServiceType`.
ECS_ORIGIN = "AWS::ECS::Container"


def aws_of_call(rest: dict[str, Any]) -> Document:
    """Made of the attributes in `rest`, which loses those that it is made of."""
    found: Document = {}
    for name, attributes in _CALL.items():
        values = [value for value in [rest.pop(attribute, None) for attribute in attributes] if value is not None]
        if values:
            found[name] = values[0]
    tables = [table for attribute in _TABLES for table in rest.pop(attribute, None) or ()]
    if len(tables) == 1:
        found["table_name"] = tables[0]
    elif tables:
        found["table_names"] = tables
    for attribute in _SAID_BY_THE_NAMES:
        rest.pop(attribute, None)
    return found


def aws_of_service(resource: Mapping[str, Any]) -> Document:
    """The same for every segment of the process."""
    found: Document = {
        "xray": {
            "sdk": f"{resource.get('telemetry.sdk.name')} for {resource.get('telemetry.sdk.language')}",
            "sdk_version": resource.get("telemetry.sdk.version"),
            "auto_instrumentation": False,
        }
    }
    if is_on_ecs(resource):
        found["ecs"] = {name: resource[attribute] for name, attribute in _TASK.items() if resource.get(attribute)}
    groups, arns = resource.get("aws.log.group.names") or (), resource.get("aws.log.group.arns") or ()
    logs = [
        {name: value for name, value in (("log_group", group), ("arn", arn)) if value}
        for group, arn in zip(groups, arns, strict=False)
    ]
    if any(logs):
        found["cloudwatch_logs"] = logs
    return found


def is_on_ecs(resource: Mapping[str, Any]) -> bool:
    """Whether the process runs in a task of ECS."""
    return resource.get("cloud.platform") == "aws_ecs"
