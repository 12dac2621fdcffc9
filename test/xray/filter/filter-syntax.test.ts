import { CfnParameter } from 'aws-cdk-lib';
import { decimal, quote } from '../../../lib/xray/filter/filter-syntax';
import { requireReadable } from '../../../lib/xray/filter/raw-filter';
import { testStack } from '../../app';

test.each(['backend-flask', 'Küche 7', ''])('quotes %j', (text) => {
  expect(quote('prop', text)).toBe(`"${text}"`);
});

test.each(['say "hi"', 'a\\b', 'a\nb'])('fails to quote %j', (text) => {
  expect(() => quote('prop', text)).toThrow(
    `\`prop\` must not contain ", \\ or control characters, a filter cannot express them, got: ${JSON.stringify(text)}`,
  );
});

test.each([
  [1e-7, '0.0000001'],
  [1.5e-10, '0.00000000015'],
  [-2e-9, '-0.000000002'],
  [0.1, '0.1'],
  [0, '0'],
  [1234567.5, '1234567.5'],
  [1e21, '1000000000000000000000'],
])('writes %d as %s', (value, text) => {
  expect(decimal(value)).toBe(text);
});

test('writes a number known only at deployment as what stands for it', () => {
  const stack = testStack();
  const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber;

  expect(stack.resolve(decimal(seconds))).toEqual({ Ref: 'Seconds' });
});

test.each([
  'service("a") { fault OR responsetime > 2.5 } AND annotation.foo = "bar"',
  'http.url CONTAINS "it\'s ==, ( and &&" AND !service("b")',
  'service(id(name: "a", type: "AWS::Lambda::Function")) { error }',
  'annotation[a.b] = 1',
  'ok !partial duration <3',
  'service() { fault }',
  'edge("a", "b") { !(error OR fault) } AND !service("c")',
  'http.url BEGINSWITH "AND" AND user != ""',
  'rootcause.json = #[{ "Services": [{ "Name": "a", "EntityPath": [] }] }]',
])('X-Ray can read %s', (expression) => {
  expect(() => {
    requireReadable(expression);
  }).not.toThrow();
});

test.each([
  ['', 'must not be empty, got: ""'],
  [' ', 'must not be empty, got: " "'],
  ['service("a', 'must close every quotation mark, got: "service(\\"a"'],
  ["user = 'alice'", 'must quote strings with "'],
  ['service(“a”)', 'must quote strings with "'],
  ['fault == true', 'must not use ==, X-Ray has = != < <= > >='],
  ['fault && error', 'must not use &&'],
  ['fault || error', 'must not use ||'],
  ['user <> "a"', 'must not use <>'],
  ['service("a") { fault', 'must close every bracket'],
  ['fault)', 'must close every bracket'],
  ['(fault]', 'must close every bracket'],
  ['([)]', 'must close every bracket'],
  ['fault AND', 'must have what belongs to AND'],
  ['OR fault', 'must have what belongs to OR'],
  ['fault AND OR error', 'must have what belongs to AND'],
  ['(fault OR) AND error', 'must have what belongs to OR'],
  ['fault and', 'must have what belongs to and'],
  ['responsetime >', 'must have what belongs to >'],
  ['responsetime > = 1', 'must have what belongs to >'],
  ['= 5', 'must have what belongs to ='],
  ['http.url CONTAINS', 'must have what belongs to CONTAINS'],
  ['!', 'must have what belongs to !'],
  ['fault AND !', 'must have what belongs to !'],
  ['(! ) OR fault', 'must have what belongs to !'],
  ['fault AND ()', 'must have what belongs to ('],
  ['()', 'must have what belongs to ('],
  ['service("a") { }', 'must have what belongs to {'],
  ['service("a") { AND fault }', 'must have what belongs to {'],
  ['edge("a", )', 'must have what belongs to ,'],
])('fails with %s', (expression, message) => {
  expect(() => {
    requireReadable(expression);
  }).toThrow(`\`expression\` ${message}`);
});
