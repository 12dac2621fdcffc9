import { createServer } from 'node:net';
import { freePorts, listeningPorts, Ports } from '../../../rehearsal/testbed/ports';

test('a port of this machine stands for one of the task', () => {
  const ports = new Ports([7000, 7001]);
  const local = ports.local(4567);

  expect(ports.local(4567)).toBe(local);
  expect(ports.local(8080)).not.toBe(local);
  expect([ports.original(local), ports.original(9)]).toEqual([4567, 9]);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('finds the ports on which a process listens', async () => {
  const [port] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  expect(listeningPorts([process.pid])).toContain(port);
  await new Promise((resolve) => server.close(resolve));
  expect(listeningPorts([process.pid])).not.toContain(port);
});
