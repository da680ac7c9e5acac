"""GraphQL over HTTP and WebSocket: asks and answers, decides nothing."""
