// SPDX-License-Identifier: Apache-2.0
// Cedar's ipaddr: an address with a prefix length. No IPv4 inside IPv6 text, no zones, no leading zeros.
// SOURCE: Cedar language reference 4.5, "ipaddr"
import { EXTENSION, type Fault } from "./fault.ts";

/** Longest text of an IPv6 address with a prefix length. */
const TEXT_MAX = 43;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;

export class IpAddress {
  readonly family: 4 | 6;
  /** The address as an unsigned integer: a number for IPv4, a bigint for IPv6. */
  readonly address: number | bigint;
  readonly prefix: number;

  constructor(family: 4 | 6, address: number | bigint, prefix: number) {
    this.family = family;
    this.address = address;
    this.prefix = prefix;
  }

  get canonical(): string {
    return `ip${this.family} ${this.address}/${this.prefix}`;
  }

  /** Whether every address of this range lies in the other. */
  isInRange(other: IpAddress): boolean {
    if (this.family !== other.family || this.prefix < other.prefix) return false;
    return sameStart(this.address, other.address, other.prefix);
  }
}

/** Whether two addresses of one family have the first `bits` in common. */
function sameStart(a: number | bigint, b: number | bigint, bits: number): boolean {
  if (typeof a === "bigint" || typeof b === "bigint") {
    const rest = BigInt(128 - bits);
    return BigInt(a) >> rest === BigInt(b) >> rest;
  }
  // a shift by 32 is a shift by none
  return bits === 0 || (a ^ b) >>> (32 - bits) === 0;
}

const LOOPBACK = [new IpAddress(4, 0x7f000000, 8), new IpAddress(6, 1n, 128)];
const MULTICAST = [new IpAddress(4, 0xe0000000, 4), new IpAddress(6, 0xffn << 120n, 8)];

export function isLoopback(ip: IpAddress): boolean {
  return LOOPBACK.some((range) => ip.isInRange(range));
}

export function isMulticast(ip: IpAddress): boolean {
  return MULTICAST.some((range) => ip.isInRange(range));
}

/** Reads `10.0.0.0/8`, `::1`, `fe80::/10`. */
export function parseIp(text: string): IpAddress | Fault {
  if (text.length > TEXT_MAX) return EXTENSION;
  const slash = text.indexOf("/");
  const host = slash === -1 ? text : text.slice(0, slash);
  const family = host.includes(":") ? 6 : 4;
  const address = family === 6 ? parseV6(host) : parseV4(host);
  const prefix = slash === -1 ? width(family) : parsePrefix(text.slice(slash + 1));
  if (address === undefined || prefix === undefined || prefix > width(family)) return EXTENSION;
  return new IpAddress(family, address, prefix);
}

function width(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function parsePrefix(text: string): number | undefined {
  return PREFIX.test(text) ? Number(text) : undefined;
}

function parseV4(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((o) => OCTET.test(o) && Number(o) <= 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const left = 8 - head.length - tail.length;
  // `::` stands for at least one group
  if (halves.length === 2 ? left < 1 : left !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: left }, () => "0"), ...tail];
  if (!groups.every((group) => GROUP.test(group))) return undefined;
  return BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
}
