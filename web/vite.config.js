// Builds the screen into the Python package, so that whoever runs Piala needs no Node.
import { defineConfig } from "vite";

const house = "http://127.0.0.1:8000"; // a running `piala serve --demo`

export default defineConfig({
  base: "/screen/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../api/static/screen",
    emptyOutDir: true,
    target: "es2022",
    assetsDir: ".",
    assetsInlineLimit: 0, // a data: address would need a hole in the content security policy
    modulePreload: { polyfill: false },
    license: { fileName: "licences.md" },
  },
  server: {
    proxy: {
      "/graphql": { target: house, ws: true },
      "/demo": house,
    },
  },
});
