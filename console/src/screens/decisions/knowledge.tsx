// SPDX-License-Identifier: Apache-2.0
// The call as labels and digests, and what was known of it when it was judged.
import type { ReactNode } from "react";
import type { DecisionView, LabelView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Panel } from "../../parts/panel.tsx";
import { en } from "../../text/en.ts";

export function Knowledge({ decision }: { readonly decision: DecisionView }): ReactNode {
  const text = en.decision;
  const { who, facts } = decision;
  const { asker, mandate, labels, destination, transfer, digests } = facts;
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    [text.who, who === undefined ? en.latest.nobody : <Foreign text={who} />],
    [text.proved, asker === undefined ? undefined : text.assurance(asker.assurance, asker.pop)],
    [text.mandate, mandate === undefined ? undefined : <Foreign text={`${mandate.purpose} · ${mandate.id}`} />],
    [text.tool, facts.tool === undefined ? undefined : <Foreign text={`${facts.server ?? ""} ${facts.tool}`} />],
    [text.impact, facts.impact],
    [text.flow, labels.flow === undefined ? undefined : <Label label={labels.flow} />],
    [text.context, labels.context === undefined ? undefined : <Label label={labels.context} />],
    [text.destination, destination === undefined ? undefined : <Foreign text={placeOf(destination)} />],
    [text.disclosed, facts.disclosed],
    [text.transfer, transfer === undefined ? undefined : text.transferOf(transfer)],
    ...Object.entries(digests).map(([name, digest]) => [text.digest(name), <code key={name}>{digest}</code>] as const),
  ];
  return (
    <Panel title={text.known} note={text.knownNote}>
      <dl className="facts decision-facts">
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </Panel>
  );
}

function placeOf({ kind, operator, jurisdiction }: NonNullable<DecisionView["facts"]["destination"]>): string {
  return [kind, operator, jurisdiction].filter((part) => part !== undefined).join(", ");
}

export function Label({ label }: { readonly label: LabelView }): ReactNode {
  const { level, categories, jurisdictions, trust, complete } = label;
  return (
    <>
      {[level, ...categories, ...jurisdictions].map((word) => (
        <span key={word} className="tag">
          <Foreign text={word} />
        </span>
      ))}{" "}
      <span className="note">
        {en.decision.trust} {trust}
        {complete ? "" : `; ${en.decision.incomplete}`}
      </span>
    </>
  );
}
