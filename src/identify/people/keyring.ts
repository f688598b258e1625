// SPDX-License-Identifier: Apache-2.0
// What passkeys of people signed: checked when it comes, and again whenever it is read (identify I51, I53).
import type { BoundAssertion, Clock, Digest, IdentityId, Json, Store } from "../../core/index.ts";
import type { Rows } from "../changes.ts";
import { tables } from "../schema.ts";
import { assertionOf, type BoundTerms, boundChallenge, isBound } from "./bound.ts";
import type { Passkey, Roster } from "./roster.ts";
import type { NoEntry, Sign } from "./surface.ts";
import { checkSigned, type RelyingParty, readSigned, requestOptions, type Signed } from "./webauthn.ts";

export interface KeyringPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly tell: (sign: Sign) => void;
}

/** A signature that holds, and the counter that it leaves behind. */
interface Shown {
  readonly rows: Rows;
  readonly apply: () => void;
}

export class Keyring {
  private readonly ports: KeyringPorts;
  private readonly rp: RelyingParty;

  constructor(ports: KeyringPorts, rp: RelyingParty) {
    this.ports = ports;
    this.rp = rp;
  }

  /** Inside the queue of changes: of two answers with one counter, one counts. */
  async check(challenge: string, signed: Signed, key: Passkey): Promise<Shown | { readonly why: string }> {
    const { roster, clock } = this.ports;
    // SOURCE: identify I51: a counter that stays at zero is a synced passkey's, and no sign of a copy
    const checked = await checkSigned(this.rp, challenge, signed, { ...key, counter: 0 });
    if ("why" in checked) return checked;
    const { counter } = checked.ok;
    if (counter > 0 && key.counter > 0 && counter <= key.counter) {
      this.ports.tell({ code: "passkey-copied", person: key.person, at: clock.now() });
      return { why: "its counter did not rise: there may be a copy of it" };
    }
    const used = clock.now();
    return {
      rows: async (db) => {
        await db.updateTable("id_passkey").set({ counter, used }).where("credential", "=", key.credential).execute();
      },
      apply: () => roster.putKey({ ...key, counter, used }),
    };
  }

  options(person: IdentityId, digest: Digest): Json {
    const keys = this.ports.roster.keysOf(person).map(({ credential }) => credential);
    return requestOptions(this.rp, boundChallenge(digest), keys);
  }

  /** Inside the queue of changes. */
  async bind(person: IdentityId, terms: BoundTerms, answer: unknown): Promise<BoundAssertion | NoEntry> {
    const signed = readSigned(answer);
    const key = signed === undefined ? undefined : this.ports.roster.key(signed.id);
    if (signed === undefined || key?.person !== person)
      return refused("it is not a passkey of the person who is signed in");
    if (terms.exp <= this.ports.clock.now()) return refused("its time is over");
    const shown = await this.check(boundChallenge(terms.digest), signed, key);
    if ("why" in shown) return refused(shown.why);
    await this.ports.store.tx("identify.bound", (db) => shown.rows(tables(db)));
    shown.apply();
    return assertionOf(terms, person, signed);
  }

  verify(assertion: BoundAssertion, digest: Digest): { readonly person: IdentityId; readonly key: string } | undefined {
    const key = this.ports.roster.key(assertion.credential);
    if (assertion.acr === "demo" || key === undefined || key.person !== assertion.person) return undefined;
    return isBound(assertion, digest, key.spki, this.rp) ? { person: key.person, key: key.spki } : undefined;
  }
}

export function refused(why: string): NoEntry {
  return { refused: "passkey_refused", why };
}
