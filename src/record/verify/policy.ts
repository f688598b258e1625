// SPDX-License-Identifier: Apache-2.0
// C2SP tlog-policy: whose logs are trusted, and which witnesses must have seen a checkpoint. The file is octets; inside
// this reader each octet is one character (latin1), so that names compare as octets and never as Unicode.
import { readUtf8 } from "./bytes.ts";
import { quoted, VerifyError } from "./fault.ts";
import { parseVkey, type VerifierKey } from "./note.ts";

const LOG_TYPES = [0x01, 0x06];
const WITNESS_TYPES = [0x04, 0x06];
/** Logs, witnesses and groups of one policy. SOURCE: tlog-policy asks for 32 of each at least. */
const LINES_MAX = 256;

/** Met when so many of its members are: witnesses, or groups that are met. */
export interface Group {
  readonly atLeast: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: ReadonlyMap<string, VerifierKey>;
  /** Where witnesses are asked, by their names; only those whose line says it. */
  readonly urls: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, Group>;
  /** A witness, a group, or `none`. */
  readonly quorum: string;
}

/** The policy that trusts one log and asks for no witness. @throws VerifyError */
export function policyOf(vkey: string): Policy {
  return { logs: [parseVkey(vkey)], witnesses: new Map(), urls: new Map(), groups: new Map(), quorum: "none" };
}

/** Is the quorum met where exactly these witnesses cosigned? */
export function meetsQuorum({ groups, quorum }: Policy, witnesses: ReadonlySet<string>): boolean {
  // groups stand after their members, so that each is looked at when its members are known
  const met = new Set(witnesses);
  for (const [name, { atLeast, members }] of groups) {
    if (members.filter((member) => met.has(member)).length >= atLeast) met.add(name);
  }
  return quorum === "none" || met.has(quorum);
}

/** @throws VerifyError naming the line */
export function parsePolicy(input: string | Uint8Array): Policy {
  const octets = Buffer.from(input).toString("latin1");
  if (octets !== "" && !octets.endsWith("\n")) throw new VerifyError("policy", "the last line does not end");
  const reader = new PolicyReader();
  for (const [i, line] of octets.split("\n").entries()) reader.line(line, `policy line ${i + 1}`);
  return reader.policy();
}

class PolicyReader {
  private readonly logs: VerifierKey[] = [];
  private readonly witnesses = new Map<string, VerifierKey>();
  private readonly urls = new Map<string, string>();
  private readonly groups = new Map<string, Group>();
  private readonly grouped = new Set<string>();
  private quorum: string | undefined;

  line(line: string, place: string): void {
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(line)) throw new VerifyError(place, "a control character");
    const [word, ...items] = line.split(/[ \t]+/).filter((item) => item !== "");
    if (word === undefined || word.startsWith("#")) return;
    switch (word) {
      case "log":
        return this.log(items, place);
      case "witness":
        return this.witness(items, place);
      case "group":
        return this.group(items, place);
      case "quorum":
        return this.setQuorum(items, place);
      default:
        throw new VerifyError(place, `${quoted(word)} is not log, witness, group or quorum`);
    }
  }

  policy(): Policy {
    if (this.quorum === undefined) throw new VerifyError("policy", "no quorum line");
    const { logs, witnesses, urls, groups, quorum } = this;
    return { logs, witnesses, urls, groups, quorum };
  }

  private log(items: readonly string[], place: string): void {
    const [vkey = ""] = items;
    if (items.length < 1 || items.length > 2) throw new VerifyError(place, "not `log <vkey> [<url>]`");
    const key = readKey(vkey, LOG_TYPES, place);
    refuseDuplicate(key, this.logs, place);
    refuseMany(this.logs.length, "logs", place);
    this.logs.push(key);
  }

  private witness(items: readonly string[], place: string): void {
    const [name = "", vkey = "", url] = items;
    if (items.length < 2 || items.length > 3) throw new VerifyError(place, "not `witness <name> <vkey> [<url>]`");
    this.refuseName(name, place);
    const key = readKey(vkey, WITNESS_TYPES, place);
    refuseDuplicate(key, [...this.witnesses.values()], place);
    refuseMany(this.witnesses.size, "witnesses", place);
    this.witnesses.set(name, key);
    if (url !== undefined) this.urls.set(name, url);
  }

  private group(items: readonly string[], place: string): void {
    const [name = "", threshold = "", ...members] = items;
    if (members.length === 0) throw new VerifyError(place, "not `group <name> <k|any|all> <name>...`");
    this.refuseName(name, place);
    refuseMany(this.groups.size, "groups", place);
    for (const member of members) {
      if (!this.isDefined(member)) throw new VerifyError(place, `${quoted(member)} is not defined above`);
      if (this.grouped.has(member)) throw new VerifyError(place, `${quoted(member)} is already a member of a group`);
      this.grouped.add(member);
    }
    this.groups.set(name, { atLeast: readThreshold(threshold, members.length, place), members });
  }

  private setQuorum(items: readonly string[], place: string): void {
    const [name] = items;
    if (name === undefined || items.length !== 1) throw new VerifyError(place, "not `quorum <name>`");
    if (this.quorum !== undefined) throw new VerifyError(place, "a second quorum line");
    if (name !== "none" && !this.isDefined(name)) throw new VerifyError(place, `${quoted(name)} is not defined above`);
    this.quorum = name;
  }

  private isDefined(name: string): boolean {
    return this.witnesses.has(name) || this.groups.has(name);
  }

  private refuseName(name: string, place: string): void {
    if (name === "none") throw new VerifyError(place, "`none` is no name");
    if (this.isDefined(name)) throw new VerifyError(place, `${quoted(name)} is defined twice`);
  }
}

function readThreshold(text: string, members: number, place: string): number {
  if (text === "any") return 1;
  if (text === "all") return members;
  const atLeast = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : 0;
  if (atLeast < 1 || atLeast > members)
    throw new VerifyError(place, `${quoted(text)} is not any, all or 1..${members}`);
  return atLeast;
}

function readKey(octets: string, types: readonly number[], place: string): VerifierKey {
  const key = parseVkey(readUtf8(Buffer.from(octets, "latin1"), place), place);
  if (!types.includes(key.type)) throw new VerifyError(place, `a key of type ${key.type} cannot stand here`);
  return key;
}

function refuseMany(count: number, what: string, place: string): void {
  if (count >= LINES_MAX) throw new VerifyError(place, `more than ${LINES_MAX} ${what}`);
}

/** tlog-policy: keys are duplicates if the public key is the same, whatever their names. */
function refuseDuplicate(key: VerifierKey, among: readonly VerifierKey[], place: string): void {
  if (among.some((other) => Buffer.compare(other.key, key.key) === 0))
    throw new VerifyError(place, "a key stands twice");
}
