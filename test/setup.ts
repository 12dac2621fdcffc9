// Compiling the validation engine takes a second in each test file; `validation/template/validations.integration.test.ts` runs it
// once, on the whole stack.
process.env.CDK_VALIDATION = 'false';

// Names in a snapshot must not change with the content of an asset.
const ASSET_HASH = /[0-9a-f]{64}/g;

expect.addSnapshotSerializer({
  test: (value) => typeof value === 'string' && value.search(ASSET_HASH) >= 0,
  serialize: (value: string) => JSON.stringify(value.replace(ASSET_HASH, '<asset hash>')),
});
