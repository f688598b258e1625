// SPDX-License-Identifier: Apache-2.0
// How the console is built: one script, one style sheet, both named by their content; nothing inline, so that the strict
// content security policy of the server holds.
import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: "/",
  logLevel: "warn",
  plugins: [react()],
  build: {
    target: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark()
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: "licences.md" },
  },
});

export default config;
