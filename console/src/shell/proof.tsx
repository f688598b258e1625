// SPDX-License-Identifier: Apache-2.0
// That an entry stands in the log as it is shown: the path from its leaf to the signed root, and how a stranger checks
// it. Nothing here is checked by this page, which would prove nothing: the second program is.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Client, ProofView } from "../../../src/sdk/index.ts";
import { Copy } from "../parts/copy.tsx";
import { Loaded, Panel } from "../parts/panel.tsx";
import { en } from "../text/en.ts";
import { KEYS } from "./keys.ts";
import "./proof.css";

interface ProofProps {
  readonly client: Client;
  /** Of the entry. */
  readonly index: number;
  /** Whether the path is drawn without being asked for. */
  readonly isOpen?: boolean;
}

export function Proof({ client, index, isOpen = false }: ProofProps): ReactNode {
  const text = en.decision;
  const query = useQuery({ queryKey: [...KEYS.proof, index], queryFn: () => client.proof(index) });
  const status = useQuery({ queryKey: KEYS.status, queryFn: () => client.status() });
  const dir = status.data?.dataDir;
  const command = `npx bailiwick verify entry-${index}.tlog-proof --policy ${dir ?? "data"}/trust.policy`;
  return (
    <Panel title={text.proof} note={text.proofNote}>
      <Loaded query={query}>
        {(proof) => (
          <>
            <p>{text.place(proof.index, proof.size, proof.path.length)}</p>
            <Path proof={proof} isOpen={isOpen} />
            <ol className="steps">
              <li>
                <a href={`/api/record/entries/${index}/tlog-proof`} download={`entry-${index}.tlog-proof`}>
                  {text.download}
                </a>
              </li>
              <li>
                {text.check} <code className="command">{command}</code> <Copy text={command} label={text.copyVerify} />
              </li>
            </ol>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** The path as it goes: each step takes one more hash in, on its side, and ends at the root that was signed. */
function Path({ proof, isOpen }: { readonly proof: ProofView; readonly isOpen: boolean }): ReactNode {
  const text = en.decision;
  return (
    <details open={isOpen}>
      <summary>{text.showPath}</summary>
      <ol className="path" aria-label={text.path}>
        <li>
          <span className="note">{text.leaf}</span> <code>{proof.leaf}</code>
        </li>
        {proof.path.map(({ side, hash }) => (
          <li key={hash}>
            <span className="note">{text.with(side)}</span> <code>{hash}</code>
          </li>
        ))}
        <li>
          <strong>{text.root}</strong> <code>{proof.root}</code>
        </li>
      </ol>
      <details>
        <summary>{text.checkpoint}</summary>
        <pre className="entry">{proof.checkpoint}</pre>
      </details>
    </details>
  );
}
