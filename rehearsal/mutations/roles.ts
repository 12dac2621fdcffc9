import { type Mutation, mutation } from './mutation';
import type { TemplateEditor } from './template-editor';

export const ROLE_MUTATIONS: readonly Mutation[] = [
  mutation('role may not write segments', 'role-sufficient', (editor) => {
    allowAllBut(editor, 'xray:PutTraceSegments');
  }),
  mutation('role may not read sampling rules', 'task-role', (editor) => {
    allowAllBut(editor, 'xray:GetSamplingRules');
  }),
  mutation('role may not read sampling targets', 'task-role', (editor) => {
    allowAllBut(editor, 'xray:GetSamplingTargets');
  }),
  mutation(
    'actions on the execution role',
    'task-role',
    ({ taskPolicy, executionPolicy }) => (taskPolicy.Roles = executionPolicy.Roles),
  ),
  mutation('actions limited to one resource', 'task-role', ({ taskPolicy }) => {
    taskPolicy.PolicyDocument.Statement.forEach(
      (item) => (item.Resource = 'arn:aws:xray:*:*:group/*'),
    );
  }),
  mutation('a Deny next to the Allow', 'task-role', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({
      Effect: 'Deny',
      Action: 'xray:Put*',
      Resource: '*',
    }),
  ),
  mutation('a permissions boundary without X-Ray', 'task-role', ({ taskPolicy, template }) => {
    const [{ Ref }] = taskPolicy.Roles as [{ Ref: string }];
    const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
    Object.assign(template.Resources, {
      Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement } } },
    });
    Object.assign(template.Resources[Ref]?.Properties ?? {}, {
      PermissionsBoundary: { Ref: 'Boundary' },
    });
  }),
  mutation(
    'EC2 may assume the role, tasks may not',
    'roles-assumed',
    (editor) => (editor.taskRoleTrust().Principal.Service = 'ec2.amazonaws.com'),
  ),
  mutation('one action too many', 'role-minimal', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({
      Effect: 'Allow',
      Action: 'xray:DeleteGroup',
      Resource: '*',
    }),
  ),
  mutation('every action of X-Ray', 'role-minimal', ({ taskPolicy }) =>
    taskPolicy.PolicyDocument.Statement.push({ Effect: 'Allow', Action: 'xray:*', Resource: '*' }),
  ),
];

function allowAllBut({ taskPolicy }: TemplateEditor, action: string): void {
  for (const statement of taskPolicy.PolicyDocument.Statement) {
    statement.Action = [statement.Action].flat().filter((item) => item !== action);
  }
}
