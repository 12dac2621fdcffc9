import { NotKnown, type Part, type Predicates } from '../graph';
import { containersOf, T } from '../parts';
import { imageOf } from './images';

/** Directories that hold what every program needs. */
const OF_SYSTEM = /^\/((s?bin|dev|etc|lib\w*|opt|proc|sys|usr)\/|$)/;

/** Sums what the containers of a task ask for. */
function sum(task: Part, ...properties: string[]): number {
  return task
    .parts('ContainerDefinitions')
    .map((item) => item.number(properties.find((name) => item.get(name) !== undefined) ?? '', 0))
    .reduce((total, value) => total + value, 0);
}

export const portOf = (mapping: Part) =>
  `${mapping.text('ContainerPort')}/${mapping.text('Protocol', 'tcp')}`;

/** Predicates of facts.md. */
export const TASK_PREDICATES: Predicates = {
  'include FARGATE': (task, property) => task.texts(property).includes('FARGATE'),
  'be enough for the containers': (task, property) =>
    sum(task, property, `${property}Reservation`) <= task.number(property),
  'be a role of the template': (task, property, graph) =>
    graph.find(T.role, task.get(property)) !== undefined,
  'have names of their own': (container, property) => {
    const names = ['Environment', property].flatMap((list) =>
      container.parts(list).map((item) => item.text('Name')),
    );
    return container
      .parts(property)
      .every((item) => names.filter((name) => name === item.text('Name')).length === 1);
  },
  'wait for no container to end': (container, property) =>
    container
      .parts(property)
      .every((item) => ['START', 'HEALTHY'].includes(item.text('Condition'))),
  'start with CMD or CMD-SHELL': (container, property) =>
    container.get('HealthCheck') === undefined ||
    ['CMD', 'CMD-SHELL'].includes(container.texts(property)[0] ?? ''),
  'name a program': (container, property) =>
    container.get('HealthCheck') === undefined || container.texts(property).length > 1,
  'leave enough files and threads': (container, property) =>
    container.parts(property).every((item) => {
      const least = { nofile: 1024, nproc: 128 }[item.text('Name')] ?? 0;
      return item.number('SoftLimit') >= least;
    }),
  'map a port that no other container maps': (container, property, graph) => {
    const others = containersOf(graph).filter(({ id }) => id !== container.id);
    const taken = others.flatMap((other) => other.parts(property)).map(portOf);
    return container.parts(property).every((item) => !taken.includes(portOf(item)));
  },
  'map a port to itself': (container, property) =>
    container
      .parts(property)
      .every((item) => [0, item.number('ContainerPort')].includes(item.number('HostPort', 0))),
  'be a name of 1 to 255 letters, digits, hyphens, and underscores': (part, property) =>
    /^[\w-]{1,255}$/.test(part.text(property, part.id)),
  'be empty folders': (task, property) =>
    task.parts(property).every((volume) => {
      if (volume.keysOf().some((key) => /^(EFS|FSx|S3)|Configured/.test(key))) {
        throw new NotKnown('the file system may refuse the task');
      }
      return (
        volume.get('DockerVolumeConfiguration') === undefined &&
        volume.get('Host.SourcePath') === undefined
      );
    }),
  'hide no program': (container, property, graph) => {
    const { environment, workingDirectory = '/srv' } = imageOf(container, graph) ?? {};
    const directories = [workingDirectory, ...(environment?.PATH ?? '').split(':')];
    return container.parts(property).every((item) => {
      const path = `${item.text('ContainerPath')}/`.replace(/\/+$/, '/');
      return !OF_SYSTEM.test(path) && !directories.some((name) => `${name}/`.startsWith(path));
    });
  },
  'be a number, or root': (container, property) =>
    /^(|root|\d+(:\d+)?)$/.test(container.text(property)),
};
