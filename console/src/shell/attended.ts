// SPDX-License-Identifier: Apache-2.0
// Whether somebody is at the page: a tab that nobody looks at asks on for itself, and must not keep its session alive.

/** UNIT: ms. Without a key, a pointer or a scroll for so long, nobody is there. */
const REST_MS = 60_000;

let lastAct = performance.now();

for (const act of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"])
  globalThis.addEventListener(act, () => (lastAct = performance.now()), { passive: true, capture: true });

export function isUnattended(): boolean {
  return performance.now() - lastAct > REST_MS;
}
