import ipaddr from 'ipaddr.js';

/** The part of an IPv6 address that a provider gives to one customer, who chooses the rest freely. */
const IPV6_CUSTOMER_BITS = 64;
/** The longest text of an address; a proxy may have sent anything. */
const MAX_LENGTH = 45;

/** What limits count a client's address as: an IPv4 address, or the /64 network of an IPv6 address. */
export function clientNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, MAX_LENGTH);
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  // A link-local address names a network card after a %.
  const range = `${address.replace(/%.*$/, '')}/${IPV6_CUSTOMER_BITS}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(range).toString()}/${IPV6_CUSTOMER_BITS}`;
}
