"""requests-oauthlib on oauthlib, as its documentation has it used."""

import pytest
import requests
from oauthlib.oauth2 import BackendApplicationClient, InvalidGrantError, LegacyApplicationClient
from oauthlib.oauth2 import MobileApplicationClient, WebApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tollgate import CALLBACK, ENCODED_SECRET, PASSWORD, SECRET, allow

SCOPE = ["orders.read", "orders.write"]
BASIC = HTTPBasicAuth("confidential", ENCODED_SECRET)

# What each way to authenticate adds: a header, or members of the form.
METHODS = {
    "client_secret_basic": ("confidential", BASIC, {}),
    "client_secret_post": ("confidential", None, {"client_id": "confidential", "client_secret": SECRET}),
    "none": ("public", None, {"client_id": "public"}),
}


@pytest.mark.parametrize("method", METHODS)
def test_code_with_pkce_refresh_and_revocation(method, server, orders):
    client_id, header, form = METHODS[method]
    client = WebApplicationClient(client_id)
    session = OAuth2Session(client=client, redirect_uri=CALLBACK, scope=SCOPE, pkce="S256")
    url, _ = session.authorization_url(server["authorization_endpoint"])
    proof = {"auth": header, "include_client_id": header is None, "client_secret": form.get("client_secret")}
    first = session.fetch_token(server["token_endpoint"], authorization_response=allow(url), **proof)
    assert session.get(orders).status_code == 200

    second = session.refresh_token(server["token_endpoint"], auth=header, **form)
    assert second["refresh_token"] != first["refresh_token"]
    assert session.get(orders).status_code == 200

    token = (second["refresh_token"], "refresh_token")
    url, headers, body = client.prepare_token_revocation_request(server["revocation_endpoint"], *token, **form)
    requests.post(url, headers=headers, data=body, auth=header).raise_for_status()
    assert session.get(orders).status_code == 401
    with pytest.raises(InvalidGrantError):
        session.refresh_token(server["token_endpoint"], auth=header, **form)


def test_client_credentials(server, orders):
    session = OAuth2Session(client=BackendApplicationClient("confidential", scope=SCOPE))
    session.fetch_token(server["token_endpoint"], auth=BASIC)
    assert session.get(orders).status_code == 200


def test_the_password_grant_which_service_and_client_have_switched_on(server, orders):
    session = OAuth2Session(client=LegacyApplicationClient("confidential", scope=SCOPE))
    session.fetch_token(server["token_endpoint"], username="alice", password=PASSWORD, auth=BASIC)
    assert session.get(orders).status_code == 200
    with pytest.raises(InvalidGrantError):
        session.fetch_token(server["token_endpoint"], username="alice", password="wrong", auth=BASIC)


def test_a_token_in_the_redirect_which_service_and_client_have_switched_on(server, orders):
    session = OAuth2Session(client=MobileApplicationClient("public"), redirect_uri=CALLBACK, scope=SCOPE)
    url, _ = session.authorization_url(server["authorization_endpoint"])
    session.token_from_fragment(allow(url))
    assert session.get(orders).status_code == 200
