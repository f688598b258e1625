// SPDX-License-Identifier: Apache-2.0
// Words that are planned and not built. Asking for one is answered with that, and nothing pretends to work.

const LATER: Readonly<Record<string, string>> = {
  identity: "review model skill keys signals",
  watch: "risk show decoys detectors backfill eval verdict",
  contain: "drill playbook stop",
  prove: "transfer vuln",
  "prove incident": "draft approve file waive whatif export",
  "prove regime": "test diff review disable update watch",
  share: "partner agreement publish revoke pull intel feedback alert advisory asset exercise proof bundle",
  store: "check rebuild",
  node: "",
  policy: "export import-tools inspect labels",
  record: "rotate follow capture",
};

/** The words of a command that is planned, of those that were asked for: every use of some words, and some of others. */
export function laterOf(words: readonly string[]): string | undefined {
  for (const length of [1, 2]) {
    const group = words.slice(0, length).join(" ");
    const subs = Object.hasOwn(LATER, group) ? (LATER[group]?.split(" ") ?? []) : [];
    const sub = words[length];
    if (subs[0] === "") return group;
    if (sub !== undefined && subs.includes(sub)) return `${group} ${sub}`;
  }
  return undefined;
}
