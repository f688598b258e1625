// SPDX-License-Identifier: Apache-2.0
// The checks that every kind of evidence begins with: does a trusted key vouch for this checkpoint?
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { attempt, quoted } from "./fault.ts";
import { canVerify, signersOf } from "./note.ts";
import type { Policy } from "./policy.ts";
import type { Report } from "./verdict.ts";

/** Checks `format`, `origin`, `log-signature` and `witness-quorum`; undefined where the checkpoint cannot be read. */
export function checkHead(
  text: string,
  trust: Policy | undefined,
  report: Report,
  place = "checkpoint",
): Checkpoint | undefined {
  const read = attempt(() => parseCheckpoint(text, place));
  if ("reason" in read) {
    report.failed("format", read.reason);
    return undefined;
  }
  report.passed("format", `${place} of ${read.value.size} entries`);
  checkSigner(read.value, trust, report, place);
  checkQuorum(trust, report);
  return read.value;
}

function checkSigner(checkpoint: Checkpoint, trust: Policy | undefined, report: Report, place: string): void {
  if (trust === undefined || trust.logs.length === 0) {
    // a key taken from the log itself would say nothing about who holds it
    report.notRun("origin", `${place}: no trusted log was given to compare ${quoted(checkpoint.origin)} with`);
    report.notRun("log-signature", `${place}: no trusted key was given`);
    return;
  }
  const keys = trust.logs.filter((key) => key.name === checkpoint.origin);
  if (keys.length === 0) {
    report.failed("origin", `${place}: ${quoted(checkpoint.origin)} is not a trusted log`);
    report.notRun("log-signature", `${place}: no trusted key for this origin`);
    return;
  }
  report.passed("origin", checkpoint.origin);
  if (!keys.some(canVerify)) {
    report.notRun("log-signature", `${place}: no key of a type that this version verifies`);
    return;
  }
  const signers = attempt(() => signersOf(checkpoint.note, keys, place));
  const [key] = "value" in signers ? signers.value : [];
  if ("reason" in signers) report.failed("log-signature", signers.reason);
  else if (key === undefined) report.failed("log-signature", `${place}: no trusted key signed it`);
  else report.passed("log-signature", `signed by ${key.name}+${key.id}`);
}

function checkQuorum(trust: Policy | undefined, report: Report): void {
  if (trust === undefined) report.notRun("witness-quorum", "no policy was given");
  else if (trust.quorum === "none") report.passed("witness-quorum", "the policy asks for no witness");
  else
    report.notRun("witness-quorum", `cosignatures are not verified by this version (quorum ${quoted(trust.quorum)})`);
}
