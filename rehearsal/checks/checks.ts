import type { CheckGroup } from '../results/check';
import { SERVICE_FILE } from '../service/service-file';
import { KEY_CHECKS, ROLE_CHECKS } from './access';
import { CONTAINER_CHECKS } from './containers';
import { HONEYCOMB_CHECKS } from './honeycomb';
import { REQUEST_CHECKS } from './requests';
import { SERVICE_CHECKS } from './service';
import { SAMPLING_CHECKS } from './sampling';
import { TRACE_ID_CHECKS } from './trace-ids';
import { XRAY_CHECKS } from './xray';

/**
 * All checks, by subject: those that hold for any traced service, and last those of what the service states. To add a check, add an entry to the file of its subject.
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
  { subject: `What the service states in ${SERVICE_FILE}`, checks: SERVICE_CHECKS },
];

export const CHECKS = CHECK_GROUPS.flatMap(({ checks }) => checks);
