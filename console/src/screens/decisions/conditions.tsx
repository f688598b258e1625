// SPDX-License-Identifier: Apache-2.0
// Each rule taken apart: what it says in words, whether that was so, and what it read. Asked for by a press, because the
// values are what the caller asked with, and every look at them is an entry of the record.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Client, DecisionView, PartWhy, RuleWhy } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { KEYS } from "../../shell/keys.ts";
import { en } from "../../text/en.ts";

interface ConditionsProps {
  readonly client: Client;
  readonly decision: DecisionView;
}

export function Conditions({ client, decision: { id } }: ConditionsProps): ReactNode {
  const text = en.conditions;
  const [isAsked, setAsked] = useState(false);
  return (
    <Panel title={text.title} note={text.note}>
      {isAsked ? (
        <Asked client={client} id={id} />
      ) : (
        <p>
          <button type="button" onClick={() => setAsked(true)}>
            {text.show}
          </button>
        </p>
      )}
    </Panel>
  );
}

function Asked({ client, id }: { readonly client: Client; readonly id: string }): ReactNode {
  const query = useQuery({ queryKey: [...KEYS.why, id], queryFn: () => client.why(id), retry: false });
  return <Loaded query={query}>{(parts) => parts.map((part) => <Part key={part.part} part={part} />)}</Loaded>;
}

function Part({ part: { part, answer, action, resource, rules, nearest } }: { readonly part: PartWhy }): ReactNode {
  const text = en.conditions;
  return (
    <>
      <h3>
        {text.part(part)}: {answer}, {action} <Foreign text={resource} />
      </h3>
      {rules.length === 0 && nearest.length === 0 ? <p>{text.nothing}</p> : null}
      <RuleClauses rules={rules} heading={undefined} />
      <RuleClauses rules={nearest} heading={nearest.length === 0 ? undefined : text.nearest} />
    </>
  );
}

interface RuleClausesProps {
  readonly rules: readonly RuleWhy[];
  readonly heading: string | undefined;
}

function RuleClauses({ rules, heading }: RuleClausesProps): ReactNode {
  const text = en.conditions;
  return (
    <>
      {heading === undefined ? null : <p className="note">{heading}</p>}
      <ul className="rules">
        {rules.map(({ id, effect, tier, file, line, reason, scope, outside, clauses }) => (
          <li key={id} data-effect={effect}>
            <p>
              <strong>{text.does(tier)}</strong> {reason ?? id}
            </p>
            <p className="note">
              <code>{id}</code> · <code>{`${file}:${line}`}</code> · {text.scope(scope, outside)}
            </p>
            <Clauses clauses={clauses} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Clauses({ clauses }: Pick<RuleWhy, "clauses">): ReactNode {
  const text = en.conditions;
  if (clauses.length === 0) return null;
  return (
    <ul className="clauses">
      {clauses.map(({ words, text: source, outcome, values }) => (
        <li key={source} data-outcome={outcome}>
          <span title={source}>{words}</span>: <strong>{text.outcome(outcome)}</strong>
          {values.map(({ name, path, value }) => (
            <p key={path} className="note">
              {name}: <Foreign text={value} />
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
