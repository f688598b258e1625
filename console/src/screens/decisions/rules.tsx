// SPDX-License-Identifier: Apache-2.0
// Why it was so answered: each rule that spoke, in its own sentence, with the line it stands on; and who agreed.
import { type ReactNode, useId } from "react";
import type { DecidingPolicy, DecisionView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { usePreferences } from "../../shell/preferences.ts";
import { en } from "../../text/en.ts";

export function Rules({ decision }: { readonly decision: DecisionView }): ReactNode {
  const text = en.decision;
  const { policies, released, refusal, reason, errors, origins, approvals } = decision;
  const broken = origins.filter(({ allowed }) => !allowed);
  const met = origins.filter(({ allowed }) => allowed);
  return (
    <Panel title={text.why}>
      {refusal === undefined ? null : (
        <p>
          {text.gate} <code>{refusal}</code>
        </p>
      )}
      {policies.length === 0 && refusal === undefined ? <p>{text.noRule(reason)}</p> : <RuleList rules={policies} />}
      {errors.length === 0 ? null : (
        <>
          <h3 className="warn">{text.errors}</h3>
          <ul className="rules">
            {errors.map(({ policy, code }) => (
              <li key={`${policy} ${code}`}>
                <code>{policy}</code> <code>{code}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {broken.length === 0 ? null : (
        <>
          <h3 className="warn">{en.waiting.broken}</h3>
          <Arguments origins={broken} />
        </>
      )}
      {met.length === 0 ? null : (
        <>
          <h3>{text.met}</h3>
          <Arguments origins={met} />
        </>
      )}
      {released.length === 0 ? null : (
        <>
          <h3>{text.released}</h3>
          <RuleList rules={released} />
        </>
      )}
      {approvals.length === 0 ? null : <Approvals approvals={approvals} />}
    </Panel>
  );
}

function RuleList({ rules }: { readonly rules: readonly DecidingPolicy[] }): ReactNode {
  const text = en.decision;
  return (
    <ul className="rules">
      {rules.map(({ id, effect, file, line, reason }) => (
        <li key={id} data-effect={effect}>
          <p>{reason ?? text.noSentence}</p>
          <p className="note">
            {text.effect(effect)} <code>{id}</code> · <code>{`${file}:${line}`}</code>
          </p>
        </li>
      ))}
    </ul>
  );
}

function Arguments({ origins }: { readonly origins: DecisionView["origins"] }): ReactNode {
  return (
    <ul className="rules">
      {origins.map(({ role, source }) => (
        <li key={`${role} ${source}`}>
          <strong>{role}</strong> {en.waiting.brokenFrom} <Foreign text={source} />
        </li>
      ))}
    </ul>
  );
}

function Approvals({ approvals }: Pick<DecisionView, "approvals">): ReactNode {
  const text = en.decision;
  const id = useId();
  const { zone } = usePreferences();
  return (
    <>
      <h3 id={id}>{text.approvals}</h3>
      <ul className="rules" aria-labelledby={id}>
        {approvals.map(({ outcome, at, by }) => (
          <li key={at}>
            <strong>{outcome}</strong> <time dateTime={at}>{wholeTime(Date.parse(at), zone)}</time>
            {by.map(({ person, acr }) => (
              <span key={person}>
                {" "}
                {text.by} <Foreign text={shortScope(person)} />, {text.acr(acr)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}
