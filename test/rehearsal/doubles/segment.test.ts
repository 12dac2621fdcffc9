import { readSegment, subsegmentsOf } from '../../../rehearsal/doubles/segment';

const NOW = 1_700_000_000;
const SEGMENT = {
  name: 'backend-flask',
  id: '0123456789abcdef',
  trace_id: '1-6553f100-a006649127e371903a2de979',
  start_time: NOW - 1,
  end_time: NOW,
  in_progress: false,
  annotations: { user_id: 'ada' },
  subsegments: [
    {
      name: 'query',
      id: 'fedcba9876543210',
      start_time: NOW - 0.5,
      end_time: NOW,
      namespace: 'remote',
    },
  ],
};

function traceOf(began: number): string {
  return `1-${began.toString(16)}-${'0'.repeat(24)}`;
}

function read(change: object = {}) {
  return readSegment(JSON.stringify({ ...SEGMENT, ...change }), NOW);
}

test('accepts a segment with its subsegments', () => {
  const { segment, problem } = read();

  expect(problem).toBeUndefined();
  expect(segment && subsegmentsOf(segment).map(({ name }) => name)).toEqual(['query']);
});

test('accepts a segment in progress, and a subsegment that is sent alone', () => {
  expect(read({ end_time: undefined, in_progress: true }).problem).toBeUndefined();
  expect(read({ type: 'subsegment', parent_id: '0123456789abcdef' }).problem).toBeUndefined();
});

test.each([
  ['a name with a character that X-Ray drops', { name: 'a*b' }, 'characters that X-Ray keeps'],
  ['a name that is too long', { name: 'a'.repeat(201) }, '1 to 200'],
  ['an ID that is too short', { id: 'abc' }, '16 hexadecimal digits'],
  ['an invalid trace ID', { trace_id: '1-garbage' }, '1-58406520-a006649127e371903a2de979'],
  ['an invalid parent ID', { parent_id: 'x' }, '16 hexadecimal digits'],
  ['neither an end nor in progress', { end_time: undefined }, 'either end_time or in_progress'],
  ['an end before its start', { end_time: NOW - 2 }, 'ends before it starts'],
  ['a trace that began 28 days ago', { trace_id: traceOf(NOW - 28 * 86_400 - 1) }, 's ago'],
  ['a trace in the future', { trace_id: traceOf(NOW + 999) }, 's ago'],
  ['a start too long ago', { start_time: 1 }, 's ago'],
  ['a start in the future', { start_time: NOW + 999, end_time: NOW + 999 }, 's ago'],
  ['an annotation with a dash', { annotations: { 'a-b': 1 } }, 'annotations'],
  ['an annotation that is a list', { annotations: { a: [1] } }, 'annotations'],
  ['a subsegment that is sent alone without a parent', { type: 'subsegment' }, 'no parent_id'],
  ['a status that is a string', { http: { response: { status: '200' } } }, 'status'],
  ['a broken subsegment', { subsegments: [{ name: 'x' }] }, 'subsegments'],
  ['more than 64 KB', { metadata: 'x'.repeat(65_536) }, 'X-Ray accepts 65536'],
  [
    'too many annotations',
    { annotations: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, 1])) },
    'X-Ray indexes 50',
  ],
])('fails with %s', (_, change, problem) => {
  expect(read(change).problem).toContain(problem);
});

test('rejects invalid JSON', () => {
  expect(readSegment('{', NOW).problem).toContain('invalid JSON');
});
