// SPDX-License-Identifier: Apache-2.0
// Who else needs to know? So far: what a partner would be told of an incident, and what is left out. Nothing is sent.
export type { ShareErrorCode } from "./errors.ts";
export { ShareError } from "./errors.ts";
export type { Minimised, Removal } from "./minimise/minimise.ts";
export { minimise } from "./minimise/minimise.ts";
export type { Profile, Rule } from "./minimise/profile.ts";
export { readProfile } from "./minimise/profile.ts";
export type { Drop, RemovalCode } from "./minimise/reasons.ts";
export type { Transform } from "./minimise/transforms.ts";
export { previewLines } from "./preview/lines.ts";
export type { Outgoing, Preview, PreviewAsk, PreviewPorts } from "./preview/preview.ts";
export { preview } from "./preview/preview.ts";
export type { Residue } from "./preview/residue.ts";
export type { StixId, StixIds } from "./stix/ids.ts";
export { stixIds } from "./stix/ids.ts";
export type { Producer } from "./stix/objects.ts";
export type { Technique, Techniques } from "./stix/techniques.ts";
export { readTechniques } from "./stix/techniques.ts";
