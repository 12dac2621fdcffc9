import { requireKeyForm } from '../../../operate/key/key-form';

// shaped like Honeycomb's, and not a real one
test.each([
  `hcaik_${'0a'.repeat(29)}`,
  `hcbic_${'0a'.repeat(29)}`,
  '0123456789abcdef'.repeat(2),
  'Sentinel0Not0A0Real0Ke',
])('accepts %s', (key) => {
  expect(() => {
    requireKeyForm(key);
  }).not.toThrow();
});

test.each([
  ['', 'nothing was given'],
  ['not-stored', 'another value of 10 characters'],
  ['Sentinel0Not0A0Real0Key', 'another value of 23 characters'],
  [`hcaik_${'0a'.repeat(13)}`, 'it is not 64 characters long'],
  [`hcaik_${'0a'.repeat(13)} ${'0a'.repeat(16)}`, 'it contains white space'],
  [`hcamk_${'0a'.repeat(29)}`, 'it is a management key'],
  [`hcalk_${'0a'.repeat(13)}`, 'it is the ID of a configuration key'],
  ['schlüssel', 'another value of 9 characters'],
])('fails with %j, which it does not show', (key, reason) => {
  const check = () => {
    requireKeyForm(key);
  };

  expect(check).toThrow(`, got: ${reason}`);
  expect(check).toThrow(/; the value is not shown$/);
  if (key.length > 0) {
    expect(check).not.toThrow(key);
  }
});
