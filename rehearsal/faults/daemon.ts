import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, FAULT_SECONDS, honeycombReceivesSpans, xrayReceivesSegments } from './fault';

export const DAEMON_FAULTS: readonly Fault[] = [
  {
    id: 'daemon-absent',
    description: 'The daemon is absent',
    withoutDaemon: true,
    hasRecovered: honeycombReceivesSpans,
  },
  {
    id: 'daemon-killed',
    description: 'The daemon is killed under load, and ECS restarts it',
    isBrief: true,
    inject: async ({ props, task }) => {
      await sleep(1000);
      task.run(props.plan.daemon)?.process.killGroup();
    },
    remove: ({ props, task }) => {
      if (props.plan.daemon.RestartPolicy.Enabled) {
        task.startContainer(props.plan.daemon);
      }
    },
    hasRecovered: xrayReceivesSegments,
  },
  {
    id: 'daemon-late',
    description: `The daemon starts ${FAULT_SECONDS} s late`,
    withoutDaemon: true,
    remove: ({ props, task }) => {
      task.startContainer(props.plan.daemon);
    },
    hasRecovered: ({ props, xray }, since) => {
      const names = props.plan.rules.map(({ RuleName }) => RuleName);
      return xray.segments.some(
        ({ start_time, aws }) =>
          start_time > since && names.includes(aws?.xray?.sampling_rule_name ?? ''),
      );
    },
  },
];
