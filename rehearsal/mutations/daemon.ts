import { type Mutation, mutation } from './mutation';

export const DAEMON_MUTATIONS: readonly Mutation[] = [
  mutation(
    'daemon listens on another port',
    'sampling-rate',
    ({ daemon }) =>
      (daemon.Command = daemon.Command.concat('-b', '127.0.0.1:2001', '-t', '127.0.0.1:2001')),
  ),
  mutation('daemon address is its Compose name', 'sampling-rate', (editor) => {
    editor.setVariable('AWS_XRAY_DAEMON_ADDRESS', 'xray-daemon:2000');
  }),
  mutation('daemon address is a URL', 'logs-quiet', (editor) => {
    editor.setVariable('AWS_XRAY_DAEMON_ADDRESS', 'http://127.0.0.1:2000');
  }),
  mutation('daemon without a region', 'containers-run', (editor) => {
    editor.daemon.Command = ['-o'];
    editor.setVariable('AWS_REGION', undefined, editor.daemon);
  }),
  mutation(
    'daemon in another region',
    'xray-documents',
    ({ daemon }) => (daemon.Command = daemon.Command.concat('-n', 'us-east-1')),
  ),
  mutation("daemon with the tutorial's Compose command", 'containers-run', (editor) => {
    editor.daemon.Command = ['xray -o -b xray-daemon:2000'];
    editor.setVariable('AWS_REGION', undefined, editor.daemon);
  }),
  {
    name: 'daemon with too little buffer',
    caughtBy: 'containers-run',
    needsRealDaemon: true,
    apply: ({ daemon }) => {
      daemon.Command = daemon.Command.concat('-m', '2');
    },
  },
  mutation("someone's access key in the daemon's variables", 'xray-documents', (editor) => {
    editor.setVariable('AWS_ACCESS_KEY_ID', 'AKIDOFSOMEONE', editor.daemon);
  }),
  mutation('daemon is essential', 'daemon-optional', ({ daemon }) => (daemon.Essential = true)),
  mutation(
    'daemon is not restarted',
    'daemon-optional',
    ({ daemon }) => (daemon.RestartPolicy.Enabled = false),
  ),
];
