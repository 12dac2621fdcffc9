import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../refusal';
import type { ImageBuild } from '../template/assembly';

/** The file beside a service's Dockerfile. */
export const SERVICE_FILE = 'rehearsal.json';

const pattern = z.string().refine((text) => {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}, 'must be a regular expression');

const routeSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  path: z.string().regex(/^\/[^\s?#]*$/, 'must be an absolute path, without a query'),
  /** Bytes of the request's body. */
  bodyBytes: z.int().min(0).max(1_000_000).default(0),
  /** The status of every response; without it, any. */
  status: z.int().min(200).max(599).optional(),
  /** Whether the connection ends before the response does. */
  breaks: z.boolean().default(false),
  /** Whether the service calls another one, whose address is in one of the `downstream` variables. */
  calls: z.boolean().default(false),
  /** Spans that each request of the route has, with a regular expression that matches the whole of each attribute. */
  spans: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        attributes: z.record(z.string(), pattern).default({}),
      }),
    )
    .default([]),
});

const serviceSchema = z.strictObject({
  routes: z.array(routeSchema).min(1),
  /** Variables of the application that hold the URL of a service that it calls. */
  downstream: z.array(z.string().min(1)).default([]),
});

/** A route of the service, and what to expect of it. */
export type Route = z.infer<typeof routeSchema>;

/** What a service states about itself for the rehearsal. */
export interface ServiceFile extends z.infer<typeof serviceSchema> {
  /** The file, relative to the build context; `undefined` if there is none. */
  readonly file: string | undefined;
}

/** Without a file, requests to a path that hardly any service has: a 404 is traced too. */
const ANY_SERVICE: ServiceFile = {
  file: undefined,
  routes: [routeTo('/rehearsal')],
  downstream: [],
};

/** Reads the file beside the Dockerfile of an image. */
export function readServiceFile({ context, dockerfile }: ImageBuild): ServiceFile {
  const file = join(dirname(dockerfile), SERVICE_FILE);
  const path = join(context, file);
  return existsSync(path)
    ? { file, ...parseServiceFile(readFileSync(path, 'utf8'), file) }
    : ANY_SERVICE;
}

/** @throws Refusal that names the file, the key, the rule, and the value */
export function parseServiceFile(text: string, file: string): z.infer<typeof serviceSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${file} must be JSON: ${String(error)}`);
  }
  const { data, error } = serviceSchema.safeParse(json, { reportInput: true });
  if (error) {
    const problems = error.issues.map(({ path, message, input }) => {
      const key = z.core.toDotPath(path) || 'the file';
      return `${file}: \`${key}\`: ${message}, got: ${JSON.stringify(input)}`;
    });
    throw new Refusal(problems.join('\n'));
  }
  return data;
}

/** A GET of a path, with any response. */
export function routeTo(path: string): Route {
  return routeSchema.parse({ path });
}

/** Names a route, in messages and in the report. */
export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
