// GraphiQL on this very page: the schema, queries over HTTP, subscriptions over WebSocket.
// A token typed under "Headers" goes along on both ways.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";

const WELCOME = `# Ctrl-Space completes, Ctrl-Enter runs.
# Most fields need a viewer: under "Headers",
# {"Authorization": "Bearer <token>"}

{
  __typename
}
`;

const { protocol, host, pathname } = window.location;
const fetcher = createGraphiQLFetcher({
  url: pathname,
  subscriptionUrl: `${protocol === "https:" ? "wss:" : "ws:"}//${host}${pathname}`,
});

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={WELCOME}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders
  />,
);
