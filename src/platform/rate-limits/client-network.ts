import ipaddr from 'ipaddr.js';

/** A provider assigns a /64 network of IPv6 addresses to one customer, who can use any of them. */
const IPV6_CUSTOMER_BITS = 64;
/** Some proxies add the client's port in `X-Forwarded-For`. */
const WITH_PORT = /^(?:(\d+(?:\.\d+){3})|\[([^\]]+)\]):\d+$/;
/** Maximum length of an address in characters; a proxy may send any text. */
const MAX_LENGTH = 45;

/**
 * The key under which rate limits count a client: an IPv4 address, or the /64 network of an IPv6
 * address.
 */
export function clientNetwork(client: string): string {
  const address = withoutPort(client);
  if (!ipaddr.isValid(address)) return address.slice(0, MAX_LENGTH);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  // A link-local address has its network interface after a %.
  const range = `${address.replace(/%.*$/, '')}/${IPV6_CUSTOMER_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(range).toString()}/${IPV6_CUSTOMER_BITS}`;
}

function withoutPort(address: string): string {
  const [, ipv4, ipv6] = WITH_PORT.exec(address) ?? [];
  return ipv4 ?? ipv6 ?? address;
}
