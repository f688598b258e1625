// SPDX-License-Identifier: Apache-2.0
// The browser's own passkeys: it reads what the server asks for and writes what the authenticator answered, both as JSON
// (WebAuthn level 3 sections 5.1.8 to 5.1.10), so nothing is converted here.
import type { PasskeyCreation, PasskeyRequest } from "../../../src/sdk/index.ts";

/** Why a passkey could not be used; `declined` is a person's no, or time that ran out. */
export class PasskeyFault extends Error {
  readonly why: "unsupported" | "declined" | "known" | "failed";

  constructor(why: PasskeyFault["why"], cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

/** Makes a passkey. @throws PasskeyFault */
export async function createPasskey(options: PasskeyCreation): Promise<object> {
  const credential = await ask(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  );
  return credential.toJSON();
}

/** Signs with a passkey. @throws PasskeyFault */
export async function signWithPasskey(options: PasskeyRequest): Promise<object> {
  const credential = await ask(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
  return credential.toJSON();
}

/** Whether this page can use passkeys: a browser that is new enough, over TLS or on this machine by its name. */
export function hasPasskeys(): boolean {
  return (
    globalThis.isSecureContext &&
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function"
  );
}

async function ask(act: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!hasPasskeys()) throw new PasskeyFault("unsupported");
  try {
    const credential = await act();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : "";
    if (name === "NotAllowedError" || name === "AbortError") throw new PasskeyFault("declined", cause);
    throw new PasskeyFault(name === "InvalidStateError" ? "known" : "failed", cause);
  }
  throw new PasskeyFault("failed");
}
