import { Aws } from 'aws-cdk-lib';
import { containerNameOf, requireServiceName } from '../../../lib/xray/names/service-name';

test.each(['backend-flask', 'Küche 7', 'a_.:/%&#=+-@b', 'x'.repeat(64)])(
  'X-Ray keeps the service name %s unchanged',
  (name) => {
    expect(() => {
      requireServiceName(name);
    }).not.toThrow();
  },
);

test.each([
  ...['', 'x'.repeat(65), 'xray-daemon', 'xray daemon'],
  ...['a?', 'a;', 'a*', 'a(', 'a)', 'a!', 'a$', 'a~', 'a^', 'a<', 'a"', 'a\\', 'a\n'],
  ...[
    ' padded ',
    ' a',
    'a ',
    ' ',
    'a\u00a0',
    '\u00a0',
    '\u2028',
    'a\u2028b',
    'a\u00a0b',
    '\ufeffa',
  ],
])('fails with the service name %j', (name) => {
  expect(() => {
    requireServiceName(name);
  }).toThrow(
    `\`serviceName\` must be 1 to 64 letters, digits, spaces or _ . : / % & # = + - @, with no space at either end, and not xray-daemon, and known at synth, got: ${JSON.stringify(name)}`,
  );
});

test('fails with a service name known only at deployment', () => {
  expect(() => {
    requireServiceName(Aws.STACK_NAME);
  }).toThrow('and known at synth, got: a value known only at deployment');
});

test('a container is named after its service, with dashes where ECS requires them', () => {
  expect(containerNameOf('backend_flask-1')).toBe('backend_flask-1');
  expect(containerNameOf('Küche 7/a')).toBe('K-che-7-a');
});
