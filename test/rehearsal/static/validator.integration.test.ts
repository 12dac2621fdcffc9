import { TemplateValidator } from '../../../rehearsal/static/validator';
import { changed, synthesized } from '../synthesized';

test('knows a misspelt property, and what a service would refuse', () => {
  const right = synthesized();
  const wrong = changed(right, ({ Resources }) => {
    const service = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service');
    Object.assign(service?.Properties ?? {}, { LaunchTyp: 'FARGATE', Role: 'a-role' });
  });
  const validator = new TemplateValidator();

  expect(validator.problemsOf(right)).toEqual([]);
  expect(validator.problemsOf(wrong).join()).toMatch(
    /'LaunchTyp' was unexpected.*specify an IAM role/,
  );
});
