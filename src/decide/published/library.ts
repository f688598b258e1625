// SPDX-License-Identifier: Apache-2.0
// Published sets as they decide: compiled when somebody needs them, aside from whatever decides, and kept.
import type { Digest, Log, Recorder, Store } from "../../core/index.ts";
import type { Bundle, Loaded } from "../sets/bundle.ts";
import type { TextFile } from "../sets/folder.ts";
import { loadTexts } from "./rows.ts";

export interface LibraryPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly log: Log;
  readonly load: (texts: readonly TextFile[]) => Promise<Loaded>;
}

/** UNIT: characters of a reason. */
const WHY_MAX = 200;

export class Library {
  private readonly ports: LibraryPorts;
  private readonly bundles = new Map<Digest, Bundle>();

  constructor(ports: LibraryPorts) {
    this.ports = ports;
  }

  /** What is in memory. */
  held(digest: Digest): Bundle | undefined {
    return this.bundles.get(digest);
  }

  all(): readonly Bundle[] {
    return [...this.bundles.values()];
  }

  keep(bundle: Bundle): void {
    this.bundles.set(bundle.digest, bundle);
  }

  /** Loads a stored set where it is not in memory; one that does not load changes nothing, and is told of aloud (D23). */
  async open(digest: Digest): Promise<Bundle | undefined> {
    const held = this.bundles.get(digest);
    if (held !== undefined) return held;
    const loaded = await this.ports.load(await loadTexts(this.ports.store, digest));
    if ("bundle" in loaded && loaded.bundle.digest === digest) {
      this.keep(loaded.bundle);
      return loaded.bundle;
    }
    await this.reject(digest, loaded);
    return undefined;
  }

  private async reject(digest: Digest, loaded: Loaded): Promise<void> {
    const problem =
      "bundle" in loaded ? "it means something else than when it was published" : loaded.problems[0]?.text;
    const why = (problem ?? "unknown").slice(0, WHY_MAX);
    this.ports.log.fault("DECIDE_SET_REJECTED", { set: digest, why });
    const because = `a published set cannot be loaded: ${why}`;
    const draft = { type: "admin", name: "policy.rejected", by: "system", because, after: digest, data: {} } as const;
    await this.ports.recorder.append(draft);
  }
}
