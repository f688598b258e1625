// SPDX-License-Identifier: Apache-2.0
// A yes to one exact call: by the passkey of whoever is signed in, or in the demo by its key.
import type { Client } from "../../../src/sdk/index.ts";
import { signWithPasskey } from "./passkey.ts";

/** @param digest - of what the person was shown @returns the state after it @throws SdkError, PasskeyFault */
export async function signYes(
  client: Client,
  { id, digest, signer }: { readonly id: string; readonly digest: string; readonly signer: string },
): Promise<string> {
  if (signer !== "passkey") return client.approve(id, digest);
  return client.approveWith(id, digest, await signWithPasskey(await client.approvalOptions(id)));
}
