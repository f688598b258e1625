// SPDX-License-Identifier: Apache-2.0
// Starts the console. The setup token leaves the address bar before anything is fetched or drawn.
import { createRoot } from "react-dom/client";
import "./tokens.css";
import "./base.css";
import "./screens/now/now.css";
import { App } from "./shell/app.tsx";
import { takeSetup } from "./shell/setup.ts";

const setup = takeSetup(globalThis.location, globalThis.history);
const root = document.querySelector("#root");
if (root !== null) createRoot(root).render(<App setup={setup} />);
