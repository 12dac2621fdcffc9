/**
 * What the reference of an image must be, in words.
 */
export const IMAGE_REFERENCE_RULE =
  'an image with a tag, not latest, or a digest: [<registry>/]<repository>:<tag>';

// Docker's grammar, https://pkg.go.dev/github.com/distribution/reference
const HOST = /[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*/.source;
const PORT = /:\d{1,5}/.source;
const PART = /[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*/.source;
const REFERENCE = new RegExp(
  // a dot or a port tells a registry from the first part of a path
  `^(?:(?<registry>localhost|(?=[^/]*[.:])${HOST}(?:${PORT})?)/)?` +
    `(?<repository>${PART}(?:/${PART})*)` +
    /(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/.source,
);
const REGISTRY_ALONE = new RegExp(`^(?:localhost|(?=.*\\.)${HOST})${PORT}$`);

/**
 * Whether a registry accepts the reference, and always returns the same image for it.
 */
export function isPinnedImage(reference: string): boolean {
  const { tag = 'latest', digest } = parseImageReference(reference) ?? {};
  return digest !== undefined || !/^latest$/i.test(tag);
}

/**
 * Returns the parts of a reference, or `undefined` for one that no registry accepts.
 */
export function parseImageReference(
  reference: string,
): Readonly<Record<string, string>> | undefined {
  return REGISTRY_ALONE.test(reference) ? undefined : REFERENCE.exec(reference)?.groups;
}
