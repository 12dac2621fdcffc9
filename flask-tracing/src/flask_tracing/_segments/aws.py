"""The `aws` block of a document: an AWS SDK call, or, in a segment, where the service runs and what recorded the segment."""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

#: Names in X-Ray, and the attributes of an AWS call; the first one that is set is used.
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
_IN_THE_NAMES = ("rpc.system", "rpc.system.name", "rpc.service", "aws.service")

#: Names in X-Ray, and the attributes from the metadata of an ECS task.
_TASK = {
    "container": "container.name",
    "container_id": "container.id",
    "container_arn": "aws.ecs.container.arn",
    "cluster_arn": "aws.ecs.cluster.arn",
    "task_arn": "aws.ecs.task.arn",
    "task_family": "aws.ecs.task.family",
    "launch_type": "aws.ecs.launchtype",
}

#: The X-Ray SDK's name for a task of ECS, with any launch type; sampling rules match it as `ServiceType`.
ECS_ORIGIN = "AWS::ECS::Container"


def aws_of_call(rest: dict[str, Any]) -> Document:
    """Returns the block for a call, and removes the attributes that it uses from `rest`."""
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
    for attribute in _IN_THE_NAMES:
        rest.pop(attribute, None)
    return found


def aws_of_service(resource: Mapping[str, Any]) -> Document:
    """Returns the block for the segments of this process."""
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
