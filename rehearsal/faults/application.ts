import { type Fault, honeycombReceivesSpans } from './fault';

export const APPLICATION_FAULTS: readonly Fault[] = [
  {
    id: 'application-stopped',
    description: 'The application stops responding',
    delaysRequests: true,
    inject: ({ props, task }) => {
      task.run(props.plan.application)?.process.signalGroup('SIGSTOP');
    },
    remove: ({ props, task }) => {
      task.run(props.plan.application)?.process.signalGroup('SIGCONT');
    },
    hasRecovered: honeycombReceivesSpans,
  },
];
