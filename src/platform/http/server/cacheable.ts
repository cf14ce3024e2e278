import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The digests of bodies that are sent repeatedly. */
const tags = new WeakMap<Buffer, string>();

interface CacheableResponse {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** In seconds. */
  readonly maxAge: number;
  /** What else the response depends on, such as a link to the next page, in characters that an ETag may contain. */
  readonly variant?: string;
}

/**
 * Permits every cache to keep the response for `maxAge` seconds, and returns whether the client already has
 * the same body (`If-None-Match`, RFC 9110). The response is then 304 and has no body.
 */
export function isUnchanged(
  body: Buffer,
  { request, reply, maxAge, variant }: CacheableResponse,
): boolean {
  const digest = tags.get(body) ?? digestOf(body);
  tags.set(body, digest);
  const tag = variant === undefined ? `"${digest}"` : `"${digest}.${variant}"`;
  void reply.header('etag', tag).header('cache-control', `public, max-age=${maxAge}`);
  if (!matches(request.headers['if-none-match'], tag)) return false;
  void reply.status(304).removeHeader('content-type');
  return true;
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

/** Compares weakly, because a proxy that compresses a response marks its tag as weak. */
function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const known = candidate.trim();
    return known === '*' || known.replace(/^W\//, '') === tag;
  });
}
