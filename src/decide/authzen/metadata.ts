// SPDX-License-Identifier: Apache-2.0
// What a decision point says of itself (AuthZEN 1.0 section 9): only endpoints that answer, and no empty member.
import { type JsonObject, jsonObject } from "../../core/index.ts";
import { SUPPORTED_OBLIGATIONS } from "./duties.ts";

/** Path of the metadata of the domain `main`; other domains stand behind it. */
export const METADATA_PATH = "/.well-known/authzen-configuration";

/** Where a domain is asked: `main` at the root, any other below `/pdp/`. */
export function basePath(domain: string): string {
  return domain === "main" ? "" : `/pdp/${domain}`;
}

/** @param base the public address, without a path */
export function metadata(base: string, domain: string): JsonObject {
  const point = `${base}${basePath(domain)}`;
  const at = (path: string): string => `${point}/access/v1/${path}`;
  return jsonObject([
    ["policy_decision_point", point],
    ["access_evaluation_endpoint", at("evaluation")],
    ["access_evaluations_endpoint", at("evaluations")],
    ["search_subject_endpoint", at("search/subject")],
    ["search_resource_endpoint", at("search/resource")],
    ["search_action_endpoint", at("search/action")],
    ["supported_obligations", SUPPORTED_OBLIGATIONS],
  ]);
}
