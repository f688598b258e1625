// SPDX-License-Identifier: Apache-2.0
// What a script learns from a command without reading its output (experience X15, core K8).

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, and the answer is no; or a required check was not run. */
  no: 3,
  /** A promise is broken: a proof, signature or checkpoint fails. */
  broken: 4,
  unreachable: 5,
  interrupted: 130,
} as const;
