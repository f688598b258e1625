// SPDX-License-Identifier: Apache-2.0
// Where a connection may lead. What is not known to be a public address is none: an address that embeds another one is
// judged by the one inside, and forms that hide one (6to4, Teredo, local NAT64) are refused.
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What clouds tell their machines, keys included: no server of anybody's tools lives there, so nothing opens them. */
const METADATA: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
]);

/** Ranges that `private: true` opens, beside the public ones. */
const OWN: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat", "linkLocal"]);

/** SOURCE: RFC 6052 section 2.1, the well-known prefix; any other prefix is of somebody's own network. */
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96");
/** SOURCE: IANA, IPv6 global unicast. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/** Why nothing may be sent to an address; `undefined` where it may. */
export function refusedAddress(text: string, isPrivate: boolean): string | undefined {
  if (!ipaddr.isValid(text)) return "not an address";
  const address = inner(ipaddr.parse(text));
  if (METADATA.has(address.toString())) return "a metadata service";
  const range = rangeOf(address);
  if (range === "unicast" || (isPrivate && OWN.has(range))) return undefined;
  return isPrivate ? `a ${range} address` : `a ${range} address, and this server is not allowed private ones`;
}

/** The address that packets end at. */
function inner(address: Address): Address {
  if (!isV6(address)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function rangeOf(address: Address): string {
  const range: string = address.range();
  return range === "unicast" && isV6(address) && !address.match(GLOBAL_UNICAST) ? "reserved" : range;
}

function isV6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === "ipv6";
}
