import { programOf } from '../../service/dockerfile';
import type { Predicates } from '../graph';
import { daemonOf, targetOf, variablesOf } from '../parts';
import { imageOf } from './images';
import { portOf } from './task';

/** Programs that end at once without arguments. */
const IDLE = /^(\/usr)?(\/bin\/)?(env|true|false|sh|bash|cat|echo|sleep)$/;

/** Predicates of facts.md. */
export const APPLICATION_PREDICATES: Predicates = {
  "start the image's program": (container, property, graph) => {
    const program = programOf(imageOf(container, graph)?.command ?? []);
    const words = container.texts(property).join(' ');
    const isLeft = container.get(property) === undefined || container.get('Command') !== undefined;
    return isLeft || (program === undefined ? !IDLE.test(words) : words.includes(program));
  },
  "be the image's": (container, property, graph) =>
    [undefined, imageOf(container, graph)?.workingDirectory].includes(
      container.get(property) === undefined
        ? undefined
        : container.text(property).replace(/(.)\/$/, '$1'),
    ),
  "keep the image's PATH": (container, _, graph) => {
    const own = variablesOf(container).PATH?.split(':');
    const needed = (imageOf(container, graph)?.environment.PATH ?? '')
      .split(':')
      .filter((path) => path.startsWith('/'));
    return !own || needed.every((path) => own.includes(path));
  },
  'have it listen on the port of the target': (container, _, graph) => {
    const port = targetOf(graph).text('ContainerPort');
    const variables = variablesOf(container);
    const words = (property: string) => container.texts(property).join(' ');
    const binds = [`${words('EntryPoint')} ${words('Command')}`, variables.GUNICORN_CMD_ARGS ?? '']
      .map((text) =>
        [...text.matchAll(/(?:--bind[= ]|(?:^|\s)-b[= ]?)(\S+)/g)].map(([, bind]) => bind),
      )
      .find((found) => found.length > 0);
    const isOpen = (bind = '') => new RegExp(`^(0\\.0\\.0\\.0|\\[::\\]|\\*)?:${port}$`).test(bind);
    const own = variables.PORT ?? imageOf(container, graph)?.ports[0];
    return binds ? binds.some(isOpen) : own === undefined || String(own) === port;
  },
  'name no file that the image may not have': (container) =>
    container
      .parts('Environment')
      .every(
        (item) =>
          !/(CA_BUNDLE|CERT_FILE|CERT_DIR|_CERTIFICATE|_CLIENT_KEY)$/.test(item.text('Name')) ||
          item.text('Value').startsWith('/etc/ssl/cert'),
      ),
  'map the port of the target, by TCP': (container, property, graph) =>
    container
      .parts(property)
      .some((item) => portOf(item) === `${targetOf(graph).text('ContainerPort')}/tcp`),
  'wait for the daemon to start': (container, property, graph) =>
    container
      .parts(property)
      .some((item) => item.get('ContainerName') === daemonOf(graph).get('Name')),
  'have one name for both backends': (container) => {
    const { AWS_XRAY_TRACING_NAME: xray, OTEL_SERVICE_NAME: otel = xray } = variablesOf(container);
    return xray === undefined || xray === otel;
  },
};
