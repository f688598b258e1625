// SPDX-License-Identifier: Apache-2.0
// Who asks for a token: `private_key_jwt`, a signed assertion (RFC 7523 sections 2.2 and 3, as its revision
// draft-ietf-oauth-rfc7523bis tightens the audience; identify I17).
import { type Clock, isJsonArray, member } from "../core/index.ts";
import { isSigned, type Jwt, jtiClaim, readJwt, textClaim, timeClaim } from "./jwt.ts";
import type { Registry } from "./registry.ts";
import type { Instance } from "./rows.ts";
import { Seen, type Use } from "./seen.ts";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** UNIT: ms. How far ahead an assertion may end. */
export const ASSERTION_LIFE_MAX_MS = 300_000;

/** Assertions of the last minutes that are remembered; above it no client is believed. */
export const ASSERTIONS_MAX = 100_000;

export type ClientVerdict =
  | { readonly instance: Instance; readonly jti: string }
  /** For the caller, who has proven nothing: it says what is wrong with the assertion, never what is registered. */
  | { readonly why: string };

const TYPES = ["", "jwt", "client-authentication+jwt"];

export class ClientAssertions {
  private readonly issuer: string;
  private readonly skewMs: number;
  private readonly clock: Clock;
  private readonly registry: Registry;
  private readonly started: number;
  private readonly used: Seen;

  constructor(options: { readonly issuer: string; readonly skewMs: number }, clock: Clock, registry: Registry) {
    this.issuer = options.issuer;
    this.skewMs = options.skewMs;
    this.clock = clock;
    this.registry = registry;
    this.started = Math.floor(clock.now() / 1000) * 1000;
    const keepMs = ASSERTION_LIFE_MAX_MS + 2 * options.skewMs + 1000;
    this.used = new Seen(clock, { keepMs, max: ASSERTIONS_MAX });
  }

  /** Remembers that an assertion was acted on. */
  use({ instance, jti }: { readonly instance: Instance; readonly jti: string }): Use {
    return this.used.use(instance.id, jti);
  }

  /** Judges an assertion; {@link use} says whether it was acted on before. */
  async verify(assertion: string, clientId: string | undefined): Promise<ClientVerdict> {
    const jwt = readJwt(assertion, { embedsKey: false });
    if (jwt === undefined) return { why: "the client assertion is not a well-formed JWT" };
    if (!TYPES.includes(jwt.typ)) return { why: "the client assertion has the type of another JWT" };
    const subject = textClaim(jwt, "sub");
    if (subject === undefined || textClaim(jwt, "iss") !== subject || (clientId ?? subject) !== subject) {
      return { why: "iss, sub and client_id of the client assertion differ" };
    }
    if (!this.isForUs(jwt)) return { why: "the audience of the client assertion is not this issuer alone" };
    const late = this.misdated(jwt);
    if (late !== undefined) return { why: late };
    const jti = jtiClaim(jwt);
    if (jti === undefined) return { why: "the jti of the client assertion is missing or too long" };
    const instance = this.registry.instance(subject);
    if (instance === undefined || !isSigned(jwt, instance.key.key, instance.key.algorithms)) {
      return { why: "the client is unknown, or its assertion was not signed with its key" };
    }
    return { instance, jti };
  }

  private isForUs(jwt: Jwt): boolean {
    const aud = member(jwt.payload, "aud");
    return isJsonArray(aud) ? aud.length === 1 && aud[0] === this.issuer : aud === this.issuer;
  }

  private misdated(jwt: Jwt): string | undefined {
    const now = this.clock.now();
    const [exp, iat, nbf] = [timeClaim(jwt, "exp"), timeClaim(jwt, "iat"), timeClaim(jwt, "nbf")];
    if (exp === undefined || iat === undefined) return "exp or iat of the client assertion is missing";
    if (exp <= now - this.skewMs) return "the client assertion has expired";
    if (exp > now + ASSERTION_LIFE_MAX_MS + this.skewMs) return "the client assertion ends more than 5 minutes ahead";
    if (iat > now + this.skewMs || (nbf ?? 0) > now + this.skewMs) return "the client assertion is from the future";
    // used assertions are remembered in memory: one from before this process began might have been used
    if (iat < this.started) return "the client assertion was made before this server started";
    return undefined;
  }
}
