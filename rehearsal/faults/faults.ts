import { APPLICATION_FAULTS } from './application';
import { DAEMON_FAULTS } from './daemon';
import type { Fault } from './fault';
import { HONEYCOMB_FAULTS } from './honeycomb';
import { KEY_FAULTS } from './key';
import { XRAY_FAULTS } from './xray';

/**
 * All faults. To add a fault, add an entry to the file of its subject.
 */
export const FAULTS: readonly Fault[] = [
  ...APPLICATION_FAULTS,
  ...DAEMON_FAULTS,
  ...XRAY_FAULTS,
  ...HONEYCOMB_FAULTS,
  ...KEY_FAULTS,
];
