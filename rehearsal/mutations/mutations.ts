import { APPLICATION_MUTATIONS } from './application';
import { DAEMON_MUTATIONS } from './daemon';
import { FACT_MUTATIONS } from './facts';
import { KEY_MUTATIONS } from './key';
import type { Mutation } from './mutation';
import { ROLE_MUTATIONS } from './roles';
import { XRAY_MUTATIONS } from './xray';

/**
 * All mutations. To add a mutation, add an entry to the file of its subject.
 */
export const MUTATIONS: readonly Mutation[] = [
  ...XRAY_MUTATIONS,
  ...DAEMON_MUTATIONS,
  ...ROLE_MUTATIONS,
  ...KEY_MUTATIONS,
  ...APPLICATION_MUTATIONS,
  ...FACT_MUTATIONS,
];
