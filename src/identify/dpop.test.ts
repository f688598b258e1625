// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { sha256, signJwt, testKey } from "./testing/jwt.ts";
import { openWorld, proof, RESOURCE, tokenFor } from "./testing/world.ts";

it("I18: a header that was seen with a good signature vouches for no other proof", async () => {
  await using world = await openWorld();
  const token = await tokenFor(world);
  const { prover } = world.identify;
  const made = () => proof(world, { htm: "POST", htu: RESOURCE, ath: sha256(token), nonce: prover.nonce() });
  const prove = (dpop: string) =>
    prover.prove({ method: "POST", resource: RESOURCE, authorization: `DPoP ${token}`, dpop: [dpop] });
  const good = made();
  expect(await prove(good)).toHaveProperty("standing");
  const [head = "", claims = "", signature = ""] = good.split(".");
  const [, others = ""] = made().split(".");
  const [, , forged = ""] = signJwt({ alg: "ES256" }, {}, testKey()).split(".");
  for (const dpop of [`${head}.${others}.${signature}`, `${head}.${others}.${forged}`, `${head}.${claims}.${forged}`])
    expect(await prove(dpop)).toMatchObject({ refusal: { code: "proof_invalid" } });
  expect(await prove(made())).toHaveProperty("standing");
});
