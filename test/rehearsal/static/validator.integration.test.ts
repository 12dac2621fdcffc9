import { TemplateValidator } from '../../../rehearsal/static/validator';
import { changed, synthesized } from '../synthesized';

const ROLE = 'arn:aws:iam::111122223333:role/a';

test('knows a misspelt property, and what a service would refuse', () => {
  const right = synthesized();
  const wrong = changed(right, ({ Resources }) => {
    const service = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service');
    Object.assign(service?.Properties ?? {}, { LaunchTyp: 'FARGATE', Role: 'a-role' });
    const logs = Object.values(Resources).find(({ Type }) => Type === 'AWS::Logs::LogGroup');
    Object.assign(logs?.Properties ?? {}, { RetentionInDays: 31 });
  });
  const newer = changed(right, ({ Resources }) => {
    const Properties = { Runtime: 'python9.9', Handler: 'a.b', Role: ROLE, Code: { ZipFile: 'a' } };
    Object.assign(Resources, { Newer: { Type: 'AWS::Lambda::Function', Properties } });
  });
  const validator = new TemplateValidator();

  expect(validator.problemsOf(right)).toEqual([]);
  expect(validator.problemsOf(newer).join()).not.toContain('python9.9');
  const problems = validator.problemsOf(wrong).join();
  expect(problems).toContain("'LaunchTyp' was unexpected");
  expect(problems).toContain('specify an IAM role');
  expect(problems).toContain('31 is not one of');
});

test('reads the default of a parameter as the value that it has', () => {
  const wrong = changed(synthesized(), (template) => {
    const { Parameters, Resources } = template;
    const task = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
    const Memory = { 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'Memory'] };
    Object.assign(task?.Properties ?? {}, { Memory });
    Object.assign(Parameters ?? {}, { Size: { Type: 'String', Default: 'large' } });
    Object.assign(template, { Mappings: { Sizes: { large: { Memory: '8192' } } } });
  });

  expect(new TemplateValidator().problemsOf(wrong).join()).toContain('is not compatible');
});
