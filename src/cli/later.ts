// SPDX-License-Identifier: Apache-2.0
// Words that are planned and not built. Asking for one is answered with that, and nothing pretends to work.

const LATER: Readonly<Record<string, string>> = {
  connect: "",
  identity: "",
  watch: "risk show decoys detectors backfill eval verdict",
  contain: "drill playbook stop",
  prove: "",
  share: "",
  store: "",
  node: "",
  up: "owner",
  policy: "fmt diff replay publish approve rollout rollback status export import-tools ask observe inspect labels",
  record: "status search prove export fsck rebuild hold erase rotate adopt keys witness follow capture",
};

/** Whether `<word> <sub>` is planned: every use of some words, and some uses of others. */
export function isLater(word: string, sub: string | undefined): boolean {
  if (!Object.hasOwn(LATER, word)) return false;
  const subs = LATER[word]?.split(" ") ?? [];
  return subs[0] === "" || (sub !== undefined && subs.includes(sub));
}
