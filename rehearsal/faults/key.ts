import { type Fault, xrayReceivesSegments } from './fault';

export const KEY_FAULTS: readonly Fault[] = [
  {
    id: 'key-malformed',
    description: 'The key ends in a line break',
    key: (key) => `${key}\n`,
    hasRecovered: xrayReceivesSegments,
  },
  {
    id: 'key-missing',
    description: 'The key is empty',
    key: () => '',
    hasRecovered: xrayReceivesSegments,
  },
];
