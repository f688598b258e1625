// SPDX-License-Identifier: Apache-2.0
// What can be done to an identity. A button that cannot act stays, with the reason beside it.
import { type ReactNode, useId } from "react";
import type { Client, ContainmentView, IdentityView } from "../../../../src/sdk/index.ts";
import { Act } from "../../parts/act.tsx";
import type { Question } from "../../shell/confirm.tsx";
import { en } from "../../text/en.ts";
import { Blast } from "./reach.tsx";

interface ActsProps {
  readonly identity: IdentityView;
  readonly order: ContainmentView | undefined;
  readonly client: Client;
  readonly isLive: boolean;
  /** False where this server orders nothing. */
  readonly isKept: boolean;
  readonly ask: (question: Question) => void;
}

export function Acts({ identity, order, client, isLive, isKept, ask }: ActsProps): ReactNode {
  const text = en.identity;
  const { id, name, status } = identity;
  const isSuspended = status === "suspended";
  const isOver = status === "retired";
  const stale = isLive ? undefined : text.notLive;
  const about = <Blast id={id} client={client} />;
  const noContain = stale ?? (isKept ? (order?.effect === "isolate" ? text.isIsolated : undefined) : text.noOrders);
  const noMove = stale ?? (isOver ? text.isRetired : status === "isolated" ? text.isIsolated : undefined);
  return (
    <div className="acts">
      <Button
        name="contain"
        label={text.contain}
        off={noContain}
        act={() => ask(containing(identity, client, about))}
      />
      {isSuspended ? (
        <Button
          name="resume"
          label={text.resume}
          off={noMove}
          act={() =>
            ask({
              title: text.resumeTitle(name),
              act: text.resume,
              about: <p>{text.resumeMeans}</p>,
              work: async (because) => text.now((await client.moveIdentity(id, "resume", because)).status),
            })
          }
        />
      ) : (
        <Button
          name="suspend"
          label={text.suspend}
          off={noMove}
          act={() =>
            ask({
              title: text.suspendTitle(name),
              act: text.suspend,
              typed: name,
              about: (
                <>
                  <p>{text.suspendMeans}</p>
                  {about}
                </>
              ),
              work: async (because) => text.now((await client.moveIdentity(id, "suspend", because)).status),
            })
          }
        />
      )}
      <Button
        name="retire"
        label={text.retire}
        off={stale ?? (isOver ? text.isRetired : undefined)}
        act={() =>
          ask({
            title: text.retireTitle(name),
            act: text.retire,
            typed: name,
            about: (
              <>
                <p>{text.retireMeans}</p>
                {about}
              </>
            ),
            work: async (because) => text.now((await client.moveIdentity(id, "retire", because)).status),
          })
        }
      />
    </div>
  );
}

/** The order that isolates: one key for as long as the question stands, so that a lost answer is asked again by it. */
function containing({ id, name }: IdentityView, client: Client, about: ReactNode): Question {
  const text = en.identity;
  const key = crypto.randomUUID();
  return {
    title: text.containTitle(name),
    act: text.contain,
    typed: name,
    about: (
      <>
        <p>{text.containMeans}</p>
        {about}
      </>
    ),
    work: async (because) => {
      const { points } = await client.contain({ effect: "isolate", scope: { kind: "identity", id }, because }, key);
      const done = points.filter(({ state }) => state === "acked").length;
      return text.contained(done, points.length);
    },
  };
}

interface ButtonProps {
  readonly name: string;
  readonly label: string;
  /** Why it cannot act now. */
  readonly off: string | undefined;
  readonly act: () => void;
}

function Button({ name, label, off, act }: ButtonProps): ReactNode {
  const id = useId();
  return (
    <div className="act">
      <Act name={name} label={label} offBecause={off === undefined ? undefined : id} onAct={act} />
      {off === undefined ? null : (
        <p id={id} className="reason">
          {off}
        </p>
      )}
    </div>
  );
}
