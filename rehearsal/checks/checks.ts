import type { CheckGroup } from '../results/check';
import { CONTAINER_CHECKS } from './containers';
import { HONEYCOMB_CHECKS } from './honeycomb';
import { KEY_CHECKS } from './key';
import { REQUEST_CHECKS } from './requests';
import { ROLE_CHECKS } from './roles';
import { SAMPLING_CHECKS } from './sampling';
import { TRACE_ID_CHECKS } from './trace-ids';
import { XRAY_CHECKS } from './xray';

/**
 * All checks, by subject. To add a check, add an entry to the file of its subject.
 */
export const CHECK_GROUPS: readonly CheckGroup[] = [
  { subject: 'Requests', checks: REQUEST_CHECKS },
  { subject: 'X-Ray', checks: XRAY_CHECKS },
  { subject: 'Sampling', checks: SAMPLING_CHECKS },
  { subject: 'Honeycomb', checks: HONEYCOMB_CHECKS },
  { subject: 'Trace IDs', checks: TRACE_ID_CHECKS },
  { subject: 'Roles', checks: ROLE_CHECKS },
  { subject: 'Honeycomb API key', checks: KEY_CHECKS },
  { subject: 'Containers', checks: CONTAINER_CHECKS },
];

export const CHECKS = CHECK_GROUPS.flatMap(({ checks }) => checks);
