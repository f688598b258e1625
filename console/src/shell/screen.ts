// SPDX-License-Identifier: Apache-2.0
import type { Client, SessionView } from "../../../src/sdk/index.ts";
import type { Live } from "./live.ts";

/** What every screen gets. */
export interface ScreenProps {
  readonly client: Client;
  readonly live: Live;
  readonly session: SessionView;
  /** The path after the screen's own name, in parts. */
  readonly parts: readonly string[];
}
