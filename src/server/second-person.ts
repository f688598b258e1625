// SPDX-License-Identifier: Apache-2.0
// A second person's yes, for whatever needs one: what the browser is asked for, and the passkey's signature that comes back.
import type { BoundAssertion, Clock, Digest, IdentityId, Instant, Json } from "../core/index.ts";
import type { Identify, Session } from "../identify/index.ts";

/** What a person is asked to sign. */
export interface Terms {
  readonly digest: Digest;
  /** For the browser; absent where a session alone counts. */
  readonly options?: Json;
}

/** What the signature is for, besides the digest. */
export interface SignTerms {
  /** `policy`, `hold`, `erasure`. */
  readonly purpose: string;
  readonly digest: Digest;
  readonly nonce: string;
  readonly exp: Instant;
}

/** A yes with what proves it. */
export interface Yes {
  readonly by: IdentityId;
  readonly at: Instant;
  readonly terms: Digest;
  /** Absent in the demo alone. */
  readonly bound?: BoundAssertion;
  /** Key of the signature, SubjectPublicKeyInfo. */
  readonly key?: string;
}

export class SecondPerson {
  private readonly people: Identify["people"];
  private readonly clock: Clock;
  /** Whether a person without a passkey may agree: in the demo alone (experience X6). */
  private readonly demo: boolean;

  constructor({ people }: Pick<Identify, "people">, clock: Clock, demo: boolean) {
    this.people = people;
    this.clock = clock;
    this.demo = demo;
  }

  termsFor(digest: Digest, person: IdentityId): Terms {
    return this.isBySession(person) ? { digest } : { digest, options: this.people.boundOptions(person, digest) };
  }

  /** @param answer - as the browser gave it */
  async sign(
    session: Session,
    terms: SignTerms,
    answer: unknown,
  ): Promise<Yes | { readonly no: "refused"; readonly why: string }> {
    const { person } = session;
    const { digest } = terms;
    const yes = { by: person, at: this.clock.now(), terms: digest };
    if (this.isBySession(person)) return yes;
    const bound = await this.people.bind(session, { ...terms, answer: "approve" }, answer);
    if ("refused" in bound) return { no: "refused", why: bound.why };
    const verified = this.people.verify(bound, digest);
    return { ...yes, bound, ...(verified?.person === person ? { key: verified.key } : {}) };
  }

  private isBySession(person: IdentityId): boolean {
    return this.demo && !this.people.hasPasskey(person);
  }
}
