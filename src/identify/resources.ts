// SPDX-License-Identifier: Apache-2.0
// The resources that tokens are for. They come and go while the server runs: an upstream is added, another is taken away.
import { checkConfig, type IdentifyConfig, type ProtectedResource } from "./config.ts";
import { resourceMetadataUrl } from "./metadata.ts";

/** What is protected now. */
export class Resources {
  private readonly issuer: string;
  private readonly held = new Map<string, ProtectedResource>();

  /** @throws IdentifyError IDENTIFY_CONFIG */
  constructor({ issuer, resources }: Pick<IdentifyConfig, "issuer" | "resources">) {
    checkConfig({ issuer, resources });
    this.issuer = issuer;
    for (const resource of resources) this.held.set(resource.url, resource);
  }

  /** In the order in which they came. */
  list(): readonly ProtectedResource[] {
    return [...this.held.values()];
  }

  has(url: string): boolean {
    return this.held.has(url);
  }

  /** URL of the metadata of a resource (RFC 9728 section 5.1); `undefined` where it is not one. */
  metadataOf(url: string): string | undefined {
    return this.held.has(url) ? resourceMetadataUrl(url) : undefined;
  }

  /** @throws IdentifyError IDENTIFY_CONFIG for what is no plain URL, or stands already */
  add(resource: ProtectedResource): void {
    checkConfig({ issuer: this.issuer, resources: [...this.list(), resource] });
    this.held.set(resource.url, resource);
  }

  /** From now on no token is given for it; those that were given end with their time. */
  remove(url: string): void {
    this.held.delete(url);
  }
}
