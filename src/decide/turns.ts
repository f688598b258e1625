// SPDX-License-Identifier: Apache-2.0
// Long work in short pieces: what takes longer than a decision may wait gives way between two of its steps (D23).

/** UNIT: ms. SOURCE: decide section 2, `compileSet` */
export const TURN_MS = 4;

/** Gives way once a turn is used up; `always` gives way now. */
export type Pause = (always?: boolean) => Promise<void>;

/** @param monotonic - UNIT: ms @param next - resolves when others had their turn; the event loop's own by default */
export function turns(monotonic: () => number, next: () => Promise<void> = othersFirst): Pause {
  let began = monotonic();
  return async (always = false) => {
    if (!always && monotonic() - began < TURN_MS) return;
    await next();
    began = monotonic();
  };
}

function othersFirst(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Runs the steps through, giving way between them. */
export async function inTurns<T>(steps: Generator<void, T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/** Runs the steps through at once. */
export function endOf<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
