import { requireNumber } from '../../lib/validation/prop-checks';
import { PropError, renamingProps } from '../../lib/validation/prop-error';

test('an error names a refused prop as the user knows it', () => {
  const priority = (value: number) => () =>
    renamingProps(
      (prop) => `cruddur:${prop}`,
      () => {
        requireNumber('priority', value, { min: 1 });
        return value;
      },
    );

  expect(priority(7)()).toBe(7);
  expect(priority(0)).toThrow(
    new PropError('cruddur:priority', 'be a finite number, 1 or more', 0),
  );
});

test('any other error passes unchanged', () => {
  const error = new TypeError('a defect');

  expect(() =>
    renamingProps(
      (prop) => `cruddur:${prop}`,
      () => {
        throw error;
      },
    ),
  ).toThrow(error);
});
