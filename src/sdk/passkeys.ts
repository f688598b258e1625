// SPDX-License-Identifier: Apache-2.0
// What a browser is asked for, so that a person gets a passkey or signs with one: the JSON forms of WebAuthn level 3
// (sections 5.1.8, 5.1.9), as far as this server uses them.
import { list, member, type Part, text, whole } from "./parts.ts";

/** A `PublicKeyCredentialCreationOptionsJSON`. */
export interface PasskeyCreation {
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly pubKeyCredParams: { readonly type: "public-key"; readonly alg: number }[];
  /** UNIT: ms. */
  readonly timeout: number;
  readonly excludeCredentials: { readonly type: "public-key"; readonly id: string }[];
  readonly authenticatorSelection: {
    readonly residentKey: "required";
    readonly requireResidentKey: true;
    readonly userVerification: "required";
  };
  readonly attestation: "none";
}

/** A `PublicKeyCredentialRequestOptionsJSON`. */
export interface PasskeyRequest {
  readonly challenge: string;
  readonly rpId: string;
  /** UNIT: ms. */
  readonly timeout: number;
  readonly userVerification: "required";
  readonly allowCredentials: { readonly type: "public-key"; readonly id: string }[];
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readCreation(answer: Part): PasskeyCreation {
  const [rp, user] = [member(answer, "rp"), member(answer, "user")];
  return {
    rp: { id: text(member(rp, "id")), name: text(member(rp, "name")) },
    user: {
      id: text(member(user, "id")),
      name: text(member(user, "name")),
      displayName: text(member(user, "displayName")),
    },
    challenge: text(member(answer, "challenge")),
    pubKeyCredParams: [
      ...list(member(answer, "pubKeyCredParams"), (one) => ({ type: KIND, alg: whole(member(one, "alg")) }) as const),
    ],
    timeout: whole(member(answer, "timeout")),
    excludeCredentials: readCredentials(member(answer, "excludeCredentials")),
    // not the server's to loosen: a passkey is found without a name, and its user is verified
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readRequest(answer: Part): PasskeyRequest {
  return {
    challenge: text(member(answer, "challenge")),
    rpId: text(member(answer, "rpId")),
    timeout: whole(member(answer, "timeout")),
    userVerification: "required",
    allowCredentials: readCredentials(member(answer, "allowCredentials")),
  };
}

const KIND = "public-key";

function readCredentials(part: Part): { type: "public-key"; id: string }[] {
  return [...list(part, (one) => ({ type: KIND, id: text(member(one, "id")) }) as const)];
}
