// SPDX-License-Identifier: Apache-2.0
// The record names what was touched, and a file may be named after a person. Identifiers in a name are written as what they
// are and a keyed digest: the same person is the same name, and nobody reads who it is (ADR 9).
import type { ChosenBy, EntryDraft, EntryOutcome, Ref } from "../core/index.ts";
import type { Inspector } from "../protect/index.ts";

export class Names {
  private readonly scanner: Inspector["scanner"];

  constructor({ scanner }: Pick<Inspector, "scanner">) {
    this.scanner = scanner;
  }

  /** A draft whose resources, sources and reasons name nobody. */
  draft(draft: EntryDraft): EntryDraft {
    if (draft.type === "outcome") return { ...draft, objects: this.objects(draft.objects) };
    if (draft.type !== "decision") return draft;
    const { resources, origin, outcome, refusal, interaction, tool, objections } = draft;
    return {
      ...draft,
      interaction: {
        ...interaction,
        method: this.text(interaction.method),
        ...(interaction.name === undefined ? {} : { name: this.text(interaction.name) }),
      },
      resource: this.ref(draft.resource),
      ...(resources === undefined
        ? {}
        : { resources: "n" in resources ? resources : resources.map((r) => this.ref(r)) }),
      ...(origin === undefined
        ? {}
        : { origin: { ...origin, broken: this.chosen(origin.broken), met: this.chosen(origin.met) } }),
      ...(outcome === undefined ? {} : { outcome: { ...outcome, objects: this.objects(outcome.objects) } }),
      ...(refusal === undefined ? {} : { refusal: this.text(refusal) }),
      ...(tool === undefined ? {} : { tool: { ...tool, name: this.text(tool.name) } }),
      ...(objections === undefined ? {} : { objections: objections.map((one) => this.text(one)) }),
    };
  }

  /** The text with `~type.mac~` in place of each identifier. What could not be looked at whole is not written at all. */
  text(text: string): string {
    const { hits, missed } = this.scanner.scan(text, []);
    if (missed.size > 0) return "~not looked at~";
    let out = "";
    let at = 0;
    for (const { start, end, type, valueMac } of hits) {
      if (end <= at) continue;
      out += `${text.slice(at, Math.max(start, at))}~${type}.${valueMac}~`;
      at = end;
    }
    return out + text.slice(at);
  }

  private ref({ type, id }: Ref): Ref {
    return { type, id: this.text(id) };
  }

  private chosen(by: readonly ChosenBy[]): readonly ChosenBy[] {
    return by.map(({ role, source }) => ({ role, source: this.text(source) }));
  }

  private objects(objects: EntryOutcome["objects"]): EntryOutcome["objects"] {
    return objects.map((object) => ({ ...object, ref: this.ref(object.ref) }));
  }
}
