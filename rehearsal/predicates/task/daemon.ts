import type { Predicates } from '../graph';
import { variablesOf } from '../parts';
import { ECR } from './images';

const OFFICIAL = /^(public\.ecr\.aws\/xray|(docker\.io\/)?amazon)\/aws-xray-daemon([:@]|$)/;

/** The daemon's flags, by its own --help. */
const SWITCH = /^--?(o|local-mode|v|version|h|help)$/;
const WITH_VALUE =
  /^--?(a|resource-arn|m|buffer-memory|n|region|b|bind|t|bind-tcp|r|role-arn|c|config|f|log-file|l|log-level|p|proxy-address)(=|$)/;

/** Predicates of facts.md. */
export const DAEMON_PREDICATES: Predicates = {
  'have the flags of the daemon only': (container, property) =>
    container
      .texts(property)
      .every(
        (word, index, words) =>
          SWITCH.test(word) || WITH_VALUE.test(word) || WITH_VALUE.test(words[index - 1] ?? ''),
      ),
  'use the task role': (container, property) =>
    !container.texts(property).some((word) => /^(-r|--role-arn)\b/.test(word)),
  'log to the standard output': (container, property) =>
    !container.texts(property).some((word) => /^(-f|--log-file)\b/.test(word)),
  "be the daemon's program": (container, property) =>
    [undefined, 'xray', '/xray', '/usr/bin/xray'].includes(container.texts(property)[0]),
  'name no other region': (container, _, { place }) => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = variablesOf(container);
    return [undefined, place.region].includes(AWS_REGION ?? AWS_DEFAULT_REGION);
  },
  "leave the task role's credentials alone": (container) =>
    Object.keys(variablesOf(container)).every(
      (name) =>
        !/^AWS_(ACCESS_KEY|SECRET_ACCESS_KEY|SECRET_KEY|SESSION_TOKEN|(DEFAULT_)?PROFILE|SHARED_CRED|CONFIG_FILE|ROLE_ARN|WEB_IDENTITY|CONTAINER_)/.test(
          name,
        ),
    ),
  'be a number': (container, property) => /^(\d+(:\d+)?)?$/.test(container.text(property)),
  "be AWS's, in a version that exists": (container, property) => {
    const image = container.text(property);
    return (
      (OFFICIAL.test(image) || ECR.test(image)) &&
      /(:(3\.\d+\.\d+|3\.x|latest)|@sha256:[0-9a-f]{64}|aws-xray-daemon)$/.test(image)
    );
  },
  'not wait for the application': (container, property) => container.parts(property).length === 0,
};
