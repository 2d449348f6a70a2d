"""Authlib's session for requests, as its documentation has it used."""

from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from tollgate import CALLBACK, ENCODED_SECRET, PASSWORD, SECRET, allow

CLIENTS = {
    "client_secret_basic": ("confidential", ENCODED_SECRET),
    "client_secret_post": ("confidential", SECRET),
    "private_key_jwt": ("keyed", None),
    "none": ("public", None),
}


@pytest.fixture
def session(method, key, server):
    client_id, secret = CLIENTS[method]
    session = OAuth2Session(
        client_id,
        key if method == "private_key_jwt" else secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=CALLBACK,
        scope="orders.read orders.write",
        code_challenge_method="S256",
        **server,
    )
    # What Authlib calls the token endpoint becomes the audience, which is the issuer (RFC 7523bis).
    session.register_client_auth_method(PrivateKeyJWT(server["issuer"], alg="ES256"))
    return session


def authorize(session, server):
    verifier = generate_token(48)
    url, state = session.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier)
    answer = allow(url)
    # Authlib does not look at `iss` (RFC 9207): an application that knows several servers does.
    assert parse_qs(urlsplit(answer).query)["iss"] == [server["issuer"]]
    return session.fetch_token(authorization_response=answer, state=state, code_verifier=verifier)


@pytest.mark.parametrize("method", CLIENTS)
def test_code_with_pkce_refresh_and_revocation(session, server, orders):
    first = authorize(session, server)
    assert first["scope"] == "orders.read orders.write"
    assert session.get(orders).status_code == 200

    second = session.refresh_token(scope="orders.read")
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == "orders.read"
    assert session.get(orders).status_code == 200

    session.revoke_token(server["revocation_endpoint"], token=second["refresh_token"]).raise_for_status()
    assert session.get(orders).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token()


@pytest.mark.parametrize("method", [method for method in CLIENTS if method != "none"])
def test_client_credentials_introspection_and_revocation(session, server, orders):
    token = session.fetch_token(grant_type="client_credentials")["access_token"]
    assert session.get(orders).status_code == 200
    told = session.introspect_token(server["introspection_endpoint"], token=token).json()
    assert told["active"] is True and told["scope"] == "orders.read orders.write"
    session.revoke_token(server["revocation_endpoint"], token=token, token_type_hint="access_token").raise_for_status()
    assert session.introspect_token(server["introspection_endpoint"], token=token).json() == {"active": False}


@pytest.mark.parametrize("method", ["client_secret_basic"])
def test_the_password_grant_which_service_and_client_have_switched_on(session, orders):
    session.fetch_token(username="alice", password=PASSWORD)
    assert session.get(orders).status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.fetch_token(username="alice", password="wrong")


@pytest.mark.parametrize("method", ["none"])
def test_a_token_in_the_redirect_which_service_and_client_have_switched_on(session, server, orders):
    url, state = session.create_authorization_url(server["authorization_endpoint"], response_type="token")
    token = session.fetch_token(authorization_response=allow(url), state=state)
    assert "refresh_token" not in token
    assert session.get(orders).status_code == 200
