// SPDX-License-Identifier: Apache-2.0
// What came of it: the result, what was done to the data, and which checks looked at it.
import type { ReactNode } from "react";
import type { DecisionView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Panel } from "../../parts/panel.tsx";
import { en } from "../../text/en.ts";
import { Label } from "./knowledge.tsx";

export function Outcome({ decision }: { readonly decision: DecisionView }): ReactNode {
  const text = en.decision;
  const { ended, answer } = decision;
  if (ended === undefined)
    return (
      <Panel title={text.outcome}>
        <p>{answer === "deny" || answer === "challenge" ? text.nothingDone : text.notEnded}</p>
      </Panel>
    );
  const { result, bytesIn, bytesOut, objects, obligations, content } = ended;
  return (
    <Panel title={text.outcome}>
      <dl className="facts decision-facts">
        <div>
          <dt>{text.result}</dt>
          <dd>
            <strong>{result}</strong> <span className="note">{text.bytes(bytesIn, bytesOut)}</span>
          </dd>
        </div>
        {objects.map(({ id, how }) => (
          <div key={`${how} ${id}`}>
            <dt>{how}</dt>
            <dd>
              <Foreign text={id} />
            </dd>
          </div>
        ))}
        {obligations.length === 0 ? null : (
          <div>
            <dt>{text.duties}</dt>
            <dd>{obligations.join(", ")}</dd>
          </div>
        )}
        {content.map(({ direction, label, detections, redacted }, i) => (
          <div key={`${direction} ${i}`}>
            <dt>{text.checked(direction)}</dt>
            <dd>
              {text.found(Object.entries(detections), redacted)}
              {label === undefined ? null : (
                <>
                  {" "}
                  <Label label={label} />
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
