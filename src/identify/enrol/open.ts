// SPDX-License-Identifier: Apache-2.0
// Puts enrolment together: tickets, pairings, and the endpoint that makes an instance of either.
import type { Random, Store } from "../../core/index.ts";
import type { IdentifyConfig } from "../config.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { EnrolEndpoint, type EnrolPorts } from "./endpoint.ts";
import { Pairings } from "./pairings.ts";
import { type Enrolment, enrolmentOf } from "./surface.ts";
import { Tickets } from "./tickets.ts";

type Ports = Omit<EnrolPorts, "tickets" | "pairings"> & { readonly store: Store; readonly random: Random };

export function openEnrolment(
  ports: Ports,
  { issuer, settings }: Pick<IdentifyConfig, "issuer" | "settings">,
): { readonly enrolment: Enrolment; readonly enrol: (request: HttpRequest) => Promise<HttpAnswer> } {
  const tickets = new Tickets(ports);
  const pairings = new Pairings(ports.clock, ports.random);
  const endpoint = new EnrolEndpoint({ ...ports, tickets, pairings }, { ...settings, issuer });
  return {
    enrolment: enrolmentOf(ports.registry, tickets, pairings),
    enrol: (request) => endpoint.handle(request),
  };
}
