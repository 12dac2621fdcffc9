import { parseFilter } from '../../../rehearsal/xray/filter-expression';

const TRACE = {
  services: ['backend-flask'],
  url: 'http://api.cruddur.com/home',
  method: 'GET',
  status: 404,
  duration: 0.2,
  responseTime: 0.2,
  annotations: { user: 'ada', age: 36, admin: true },
};

test.each([
  'service("backend-flask")',
  'service(id(name: "backend-flask"))',
  'service(id(name: "backend-flask", type: "AWS::ECS::Container"))',
  'service("backend-flask") { error AND http.status = 404 }',
  'service("other") OR error',
  '!service("other") AND !fault',
  '! (ok or throttle)',
  'http.status >= 404 and http.status < 500',
  'http.method = "GET" AND http.url CONTAINS "cruddur"',
  'http.url BEGINSWITH "http:" AND http.url ENDSWITH "home"',
  'responsetime > 0.1 AND duration <= 0.2',
  'annotation["user"] = "ada"',
  'annotation[user] = "ada" AND annotation[ age ] > 30',
  'service() { error }',
  'service(id(type: "AWS::ECS::Container", name: "backend-flask"))',
  'error = true AND fault = false AND ok != true',
  // X-Ray's documentation writes some of its examples without AND
  'error !fault duration <3',
  'annotation.age != 37 AND annotation.admin = true AND annotation.user',
])('selects with %s', (expression) => {
  expect(parseFilter(expression)?.(TRACE)).toBe(true);
});

test('an empty filter selects every trace', () => {
  expect(parseFilter('')?.(TRACE)).toBe(true);
});

test.each([
  'service("backend")',
  'service("backend-*")',
  'service("Backend-Flask")',
  'service("backend-flask") AND fault',
  'service("backend-flask") { fault }',
  'service(id(name: "backend-flask", type: "AWS::EC2::Instance"))',
  'service("backend-flask") service("other")',
  'error = false',
  'annotation.missing = 1',
  'http.status = "404"',
])('does not select with %s', (expression) => {
  expect(parseFilter(expression)?.(TRACE)).toBe(false);
});

test.each([
  ['service(backend-flask)', 'or a string in double quotes but "b" found'],
  ['service(id(nam: "a"))', 'or "type" but "n" found'],
  ['service("a"', 'Expected ")" but end of input found'],
  ['serivce("a")', 'or "version" but "s" found'],
  ['service("a") { fault', '"}", or an operator but end of input found'],
  ['service("a") AND', 'but end of input found'],
  ['faults', 'Expected the end of the word but "s" found'],
  ['http.status > "high', 'Expected a value but "\\"" found'],
])('fails with %s', (expression, message) => {
  expect(() => parseFilter(expression)).toThrow(message);
});

test.each([
  'edge("a", "b") { fault }',
  'user = "ada"',
  'ok AND http.useragent CONTAINS "curl"',
  'service(id(name: "a", account.id: "999999999999"))',
])('leaves to X-Ray what only it can evaluate: %s', (expression) => {
  expect(parseFilter(expression)).toBeUndefined();
});
