from aws_cdk import App, Stack
from aws_cdk import aws_ecs as ecs
from cruddur_tracing_constructs import (
    FilterExpression,
    PathSampling,
    ServiceTraces,
    TraceGroup,
    XRayDaemon,
)

app = App()
stack = Stack(app, "Checkout")

task_definition = ecs.FargateTaskDefinition(stack, "Task")
task_definition.add_container(
    "App", image=ecs.ContainerImage.from_registry("checkout:1.4.2")
)
task_definition.add_extension(XRayDaemon())

ServiceTraces(
    stack,
    "Traces",
    service_name="checkout",
    group_name="checkout",
    rule_name="checkout",
    priority=100,
    fixed_rate=0.1,
    health_check_path="/up",
    paths={"/pay": PathSampling(fixed_rate=1)},
)
slow = TraceGroup(
    stack,
    "Slow",
    group_name="checkout-slow",
    filter_expression=FilterExpression.all_of(
        FilterExpression.service("checkout"),
        FilterExpression.any_of(
            FilterExpression.response_time(">", 2), FilterExpression.fault()
        ),
    ),
)
slow.metric_trace_count().create_alarm(
    stack, "TooSlow", threshold=10, evaluation_periods=1
)

app.synth()
