import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateFacts } from '../../rehearsal/static/static-checks';
import { type Assembly, readAssemblies } from '../../rehearsal/template/assembly';
import { readPlan } from '../../rehearsal/template/plan';
import { readServiceFile } from '../../rehearsal/service/service-file';
import { synthesizeTwoServices } from '../fixtures/two-services';

let directory: string;
let assemblies: Assembly[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'two-services-'));
  synthesizeTwoServices(directory);
  assemblies = readAssemblies(directory);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

test('each of two services is seen with its own task, image, and file', () => {
  const plans = assemblies.map((assembly) => readPlan(assembly, 'the-key'));

  expect(plans).toMatchObject([
    { serviceName: 'backend-flask', targetPort: 4567, healthCheck: { path: '/api/health-check' } },
    { serviceName: 'shop', targetPort: 18_080, healthCheck: { path: '/health' } },
  ]);
  expect(
    plans.map(({ applicationImage }) => applicationImage && readServiceFile(applicationImage).file),
  ).toEqual(['backend-flask/rehearsal.json', 'rehearsal.json']);
});

test('every fact holds of both, and neither sees the resources of the other', () => {
  for (const assembly of assemblies) {
    const failed = evaluateFacts(assembly).filter(({ outcome }) => outcome !== 'passed');

    expect(failed.map(({ id, figure }) => `${id}: ${figure()}`)).toEqual([]);
    const types = Object.values(assembly.template.Resources).map(({ Type }) => Type);
    for (const type of ['Service', 'TaskDefinition']) {
      expect(types.filter((item) => item === `AWS::ECS::${type}`)).toHaveLength(1);
    }
  }
});
