// SPDX-License-Identifier: Apache-2.0
// Whether the store on a server works: what passes when the server answers again, and what ends it.
import { StoreError } from "../errors.ts";

/** Changed by the answers of the server only. */
export class State {
  private over: StoreError | undefined;
  private trouble: StoreError | undefined;
  private readonly onLost: (error: StoreError) => void;

  constructor({ onLost }: { readonly onLost: (error: StoreError) => void }) {
    this.onLost = onLost;
  }

  /** The right to write is somebody else's, or nobody knows what was kept. */
  lost(error: StoreError): void {
    if (this.over !== undefined) return;
    this.over = error;
    this.onLost(error);
  }

  saw(error: unknown): void {
    if (error instanceof StoreError && TROUBLE.has(error.code)) this.trouble = error;
  }

  worked(): void {
    this.trouble = undefined;
  }

  close(): void {
    this.over ??= new StoreError("STORE_DOWN", "using the store: it is closed");
  }

  isOver(): boolean {
    return this.over !== undefined;
  }

  check(): void {
    if (this.over === undefined) return;
    throw new StoreError("STORE_DOWN", "using the store: it stopped working", { cause: this.over });
  }

  health(): { readonly ok: boolean; readonly why: string } {
    const why = this.over ?? this.trouble;
    return why === undefined ? { ok: true, why: "ok" } : { ok: false, why: why.message };
  }
}

/** What the server will be asked about until it is over. */
const TROUBLE: ReadonlySet<string> = new Set(["STORE_DOWN", "STORE_FULL", "STORE_IO", "STORE_CORRUPT"]);
