import { isIP } from 'node:net';
import type { TrustedProxies } from './configuration.js';
import type { VariableReader } from './environment/variable-reader.js';

/** This machine, and the networks that are not routed on the Internet. */
const RANGES = ['loopback', 'linklocal', 'uniquelocal'];
const MAX_HOPS = 10;

/** Reads `TRUST_PROXY`. */
export function readTrustedProxies(read: VariableReader): TrustedProxies {
  const text = read.optional('TRUST_PROXY') ?? '';
  if (/^\d+$/.test(text)) {
    const hops = Number(text);
    if (hops < 1 || hops > MAX_HOPS) read.addError('TRUST_PROXY', `can be 1 to ${MAX_HOPS} hops`);
    return hops;
  }
  const proxies = text
    .split(',')
    .map((proxy) => proxy.trim())
    .filter((proxy) => proxy !== '');
  for (const proxy of proxies.filter((candidate) => !isRange(candidate))) {
    read.addError(
      'TRUST_PROXY',
      `has "${proxy}", which is neither an address, nor a range such as 10.0.0.0/8, nor one of ${RANGES.join(', ')}`,
    );
  }
  return proxies;
}

/** A range of all addresses would trust every client, so it is refused. */
function isRange(proxy: string): boolean {
  if (RANGES.includes(proxy)) return true;
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  const most = version === 4 ? 32 : 128;
  return bits === undefined || (Number(bits) >= 1 && Number(bits) <= most);
}
