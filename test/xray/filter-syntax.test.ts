import { quote, requireReadable } from '../../lib/xray/filter-syntax';

test.each(['backend-flask', 'Küche 7', ''])('quotes %j', (text) => {
  expect(quote('prop', text)).toBe(`"${text}"`);
});

test.each(['say "hi"', 'a\\b', 'a\nb'])('fails to quote %j', (text) => {
  expect(() => quote('prop', text)).toThrow(
    `\`prop\` must not contain ", \\ or control characters, a filter cannot express them, got: ${JSON.stringify(text)}`,
  );
});

test.each([
  'service("a") { fault OR responsetime > 2.5 } AND annotation.foo = "bar"',
  'http.url CONTAINS "it\'s ==, ( and &&" AND !service("b")',
  'service(id(name: "a", type: "AWS::Lambda::Function")) { error }',
  'annotation[a.b] = 1',
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
])('fails with %s', (expression, message) => {
  expect(() => {
    requireReadable(expression);
  }).toThrow(`\`expression\` ${message}`);
});
