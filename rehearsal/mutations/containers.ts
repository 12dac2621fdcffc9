import { type Mutation, mutation } from './mutation';

/** Health checks and limits. */
export const CONTAINER_MUTATIONS: readonly Mutation[] = [
  mutation('the application has its health check elsewhere', 'health-checks-untraced', (editor) => {
    editor.setVariable('HEALTH_CHECK_PATH', '/health');
  }),
  mutation('health check path is a comma-separated list', 'logs-quiet', (editor) => {
    editor.setVariable('HEALTH_CHECK_PATH', '/livez,/readyz');
  }),
  mutation(
    'load balancer checks another path',
    'health-checks-pass',
    ({ targetGroup }) => (targetGroup.HealthCheckPath = '/health'),
  ),
  mutation('load balancer sends to another port', 'refused', (editor) => {
    editor.setVariable('PORT', '4568');
  }),
  mutation(
    'container health check uses curl',
    'health-checks-pass',
    ({ application }) =>
      (application.HealthCheck.Command = [
        'CMD-SHELL',
        'curl -f http://localhost:4567/api/health-check || exit 1',
      ]),
  ),
  mutation(
    'containers need more memory than the task has',
    'refused',
    ({ application }) => (application.Memory = 768),
  ),
  mutation('too little memory', 'memory', ({ application }) => (application.Memory = 32)),
  mutation('too little CPU', 'cpu', ({ application }) => (application.Cpu = 16)),
  mutation(
    'too little time to stop',
    'stop-answers',
    ({ application }) => (application.StopTimeout = 1),
  ),
];
