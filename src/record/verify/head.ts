// SPDX-License-Identifier: Apache-2.0
// The checks that every kind of evidence begins with: do a trusted log and enough trusted witnesses vouch for this
// checkpoint, and when did they?
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { attempt, quoted } from "./fault.ts";
import type { VerifierKey } from "./note.ts";
import { meetsQuorum, type Policy } from "./policy.ts";
import { canVerify, ML_DSA_44, type Signing, signersOf } from "./signature.ts";
import type { Report } from "./verdict.ts";

/** UNIT: seconds. A signature from further in the future than clocks differ says nothing about its age. */
const CLOCKS_DIFFER_S = 300n;

/** How old evidence may be, and what time it is. */
export interface AgeLimit {
  /** UNIT: seconds. */
  readonly maxAgeS: number;
  /** UNIT: seconds since 1970. */
  readonly nowS: number;
}

export interface HeadOptions {
  readonly place?: string;
  readonly age?: AgeLimit | undefined;
}

/**
 * Checks `format`, `origin`, `log-signature`, `second-signature`, `witness-quorum` and, where a limit is given, `age`;
 * undefined where the checkpoint cannot be read.
 */
export function checkHead(
  text: string,
  trust: Policy | undefined,
  report: Report,
  { place = "checkpoint", age }: HeadOptions = {},
): Checkpoint | undefined {
  const read = attempt(() => parseCheckpoint(text, place));
  if ("reason" in read) {
    report.failed("format", read.reason);
    return undefined;
  }
  report.passed("format", `${place} of ${read.value.size} entries`);
  const check = new HeadCheck(read.value, trust, report, place);
  const own = check.signatures();
  const witnesses = check.quorum();
  if (age !== undefined) check.age(age, own, witnesses);
  return read.value;
}

class HeadCheck {
  private readonly checkpoint: Checkpoint;
  private readonly trust: Policy | undefined;
  private readonly report: Report;
  private readonly place: string;

  constructor(checkpoint: Checkpoint, trust: Policy | undefined, report: Report, place: string) {
    this.checkpoint = checkpoint;
    this.trust = trust;
    this.report = report;
    this.place = place;
  }

  /** What the log's own keys signed. */
  signatures(): readonly Signing[] {
    const { report, place, trust, checkpoint } = this;
    if (trust === undefined || trust.logs.length === 0) {
      // a key taken from the log itself would say nothing about who holds it
      report.notRun("origin", `${place}: no trusted log was given to compare ${quoted(checkpoint.origin)} with`);
      report.notRun("log-signature", `${place}: no trusted key was given`);
      return [];
    }
    const keys = trust.logs.filter((key) => key.name === checkpoint.origin);
    if (keys.length === 0) {
      report.failed("origin", `${place}: ${quoted(checkpoint.origin)} is not a trusted log`);
      report.notRun("log-signature", `${place}: no trusted key for this origin`);
      return [];
    }
    report.passed("origin", checkpoint.origin);
    const signers = attempt(() => signersOf(checkpoint.note, keys, place));
    if ("reason" in signers) {
      report.failed("log-signature", signers.reason);
      return [];
    }
    this.first(keys, signers.value);
    this.second(keys, signers.value);
    return signers.value;
  }

  /**
   * One trusted key is enough (tlog-policy, "What is a policy"), but where the policy names keys of both kinds, a line
   * that somebody took away is missed.
   */
  private first(keys: readonly VerifierKey[], signers: readonly Signing[]): void {
    const { report, place } = this;
    const isMixed = keys.some(({ type }) => type !== ML_DSA_44);
    const signing = signers.find(({ key }) => !isMixed || key.type !== ML_DSA_44);
    if (signing !== undefined) report.passed("log-signature", `signed by ${signing.key.name}+${signing.key.id}`);
    else if (signers.length > 0) report.notRun("log-signature", `${place}: no Ed25519 signature of the log on it`);
    else if (keys.some(canVerify)) report.failed("log-signature", `${place}: no trusted key signed it`);
    else report.notRun("log-signature", `${place}: no key of a type that this version verifies`);
  }

  /** The signature that still holds when Ed25519 no longer does. */
  private second(keys: readonly VerifierKey[], signers: readonly Signing[]): void {
    const { report, place } = this;
    const second = keys.filter(({ type }) => type === ML_DSA_44);
    const signing = signers.find(({ key }) => key.type === ML_DSA_44);
    if (signing !== undefined) report.passed("second-signature", `ML-DSA-44 by ${signing.key.name}+${signing.key.id}`);
    else if (second.length === 0) {
      report.notRunOptional("second-signature", `${place}: the policy names no ML-DSA-44 key of this log`);
    } else if (!second.some(canVerify)) {
      report.notRunOptional("second-signature", `${place}: this runtime does not verify ML-DSA-44`);
    } else report.notRun("second-signature", `${place}: no ML-DSA-44 signature of the log on it`);
  }

  /** The witnesses that vouch for the checkpoint, by their names in the policy. */
  quorum(): ReadonlyMap<string, bigint> {
    const { report, trust, place } = this;
    if (trust === undefined) report.notRun("witness-quorum", "no policy was given");
    else if (trust.quorum === "none") report.passed("witness-quorum", "the policy asks for no witness");
    else {
      const times = attempt(() => cosigners(this.checkpoint, trust, place));
      if ("value" in times) return this.judged(trust, times.value);
      report.failed("witness-quorum", times.reason);
    }
    return new Map();
  }

  private judged(trust: Policy, times: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
    const who = times.size === 0 ? "nobody" : [...times.keys()].map(shown).join(", ");
    const quorum = quoted(shown(trust.quorum));
    const unread = [...trust.witnesses.values()].filter((key) => !canVerify(key)).length;
    if (meetsQuorum(trust, new Set(times.keys()))) {
      this.report.passed("witness-quorum", `${quorum} is met: cosigned by ${who}`);
    } else if (unread > 0) {
      const why = `${unread} witness keys are of a type that this runtime does not verify`;
      this.report.notRun("witness-quorum", `${this.place}: ${why}; the others: ${who}`);
    } else {
      this.report.failed("witness-quorum", `${this.place}: ${quorum} is not met: cosigned by ${who}`);
    }
    return times;
  }

  /** Where witnesses are asked for, their time counts and not the log's own. */
  age({ maxAgeS, nowS }: AgeLimit, own: readonly Signing[], witnesses: ReadonlyMap<string, bigint>): void {
    const { report, place, trust } = this;
    const says =
      trust === undefined || trust.quorum === "none"
        ? { time: latest(own.flatMap(({ time }) => time ?? [])), who: "the log itself" }
        : { time: quorumTime(trust, witnesses), who: "a quorum of witnesses" };
    if (says.time === undefined) return report.notRun("age", `${place}: no signature that counts says a time`);
    const age = BigInt(Math.floor(nowS)) - says.time;
    if (age < -CLOCKS_DIFFER_S) return report.failed("age", `${place}: signed ${-age} s in the future`);
    if (age > BigInt(Math.floor(maxAgeS))) return report.failed("age", `${place}: ${age} s old, over ${maxAgeS} s`);
    return report.passed("age", `at most ${age < 0n ? 0n : age} s old, says ${says.who}`);
  }
}

/**
 * When each of the policy's witnesses cosigned a checkpoint, by name. A cosignature without a time does not say that
 * the log was this large (tlog-cosignature), so it does not count.
 * @throws VerifyError where a known witness's signature is wrong
 */
export function cosigners(checkpoint: Checkpoint, policy: Policy, place = "checkpoint"): ReadonlyMap<string, bigint> {
  const keys = [...policy.witnesses.values()];
  const times = new Map(signersOf(checkpoint.note, keys, place).map(({ key, time }) => [key, time ?? 0n]));
  const named = [...policy.witnesses].map(([name, key]) => [name, times.get(key) ?? 0n] as const);
  return new Map(named.filter(([, time]) => time > 0n));
}

/** The latest time of which a quorum says that the checkpoint was the newest then. */
function quorumTime(policy: Policy, times: ReadonlyMap<string, bigint>): bigint | undefined {
  const met = [...times.values()].filter((time) =>
    meetsQuorum(policy, new Set([...times].filter(([, other]) => other >= time).map(([name]) => name))),
  );
  return latest(met);
}

function latest(times: readonly bigint[]): bigint | undefined {
  return times.reduce<bigint | undefined>((max, time) => (max === undefined || time > max ? time : max), undefined);
}

/** A name of the policy, whose octets stand as one character each, for people. */
function shown(name: string): string {
  return Buffer.from(name, "latin1").toString("utf8");
}
