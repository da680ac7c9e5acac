"""GraphQL over HTTP, to the letter: as an outside judge sees it, over a real socket."""

from tests.api.auditing import audit, served
from tests.api.playground import app_with


def test_all_audits_of_graphql_over_http_pass():
    with served(app_with()) as url:
        assert audit(f"{url}/graphql") == []
